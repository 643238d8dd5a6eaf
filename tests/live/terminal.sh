# Test scripts of the live view in a real terminal, tmux: sourced after tap.sh.
#
#   terminal_open NAME         first; a tmux server for this script alone, or skips all
#   terminal_close             ends it: for the script's trap
#   t COMMAND...               a command of tmux
#   screen                     what is on the screen
#   keys KEY...                press keys
#   format FORMAT              what a format of tmux stands for
#   await TEXT                 until the fixed text is on the screen
#   await_format FORMAT VALUE  until a format of tmux has the value
#
# The server's socket is $socket.  Waits are for what can be seen, up to a limit, never for a time.
#
# shellcheck shell=sh

terminal_open()
{
	command -v tmux >/dev/null || skip_all 'tmux is not installed'
	socket=connstate-$1-$$
}

terminal_close() { t kill-server 2>/dev/null; }

t() { tmux -u -L "$socket" -f /dev/null "$@"; }
screen() { t capture-pane -p; }
keys() { t send-keys "$@"; }
format() { t display-message -p "$1"; }

await()
{
	terminal_tries=0
	until screen | grep -qF -- "$1"; do
		terminal_tries=$((terminal_tries + 1))
		if [ "$terminal_tries" -ge 100 ]; then
			screen | diag
			return 1
		fi
		sleep 0.1
	done
}

await_format()
{
	terminal_tries=0
	until [ "$(format "$1")" = "$2" ]; do
		terminal_tries=$((terminal_tries + 1))
		[ "$terminal_tries" -lt 100 ] || return 1
		sleep 0.1
	done
}
