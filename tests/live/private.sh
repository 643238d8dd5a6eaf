# Test scripts that run in a network and mount namespace of their own, with the sockets
# of tests/live/holder: sourced after tap.sh.
#
#   private_script NAME      first; inside it returns, outside it runs the script again
#                            inside, or says why it can't
#   private_hold             start a holder with the words of $holder_words; sets
#                            $own_port, $any_port and $holder_pid
#   private_end              let the holder go
#
# The program is in $connstate, a folder for this script alone in $scratch.
#
# shellcheck shell=sh

private_script()
{
	connstate=$(pwd)/connstate
	if [ -n "${PRIVATE_INSIDE:-}" ]; then
		scratch=$PRIVATE_INSIDE
		ip link set lo up || exit 1
		return
	fi
	scratch=$(mktemp -d "${TMPDIR:-/tmp}/connstate-private.XXXXXX") || exit 1
	trap 'rm -rf "$scratch"' EXIT
	for private_tool in ip unshare; do
		command -v "$private_tool" >/dev/null ||
			skip_all "there is no $private_tool"
	done
	private_map='--map-root-user'
	if [ "$(id -u)" -eq 0 ]; then
		private_map=
	fi
	# The map is one word or none.
	# shellcheck disable=SC2086
	unshare $private_map --net --mount true 2>"$scratch/error" ||
		skip_all "no namespaces: $(head -n 1 "$scratch/error")"
	# shellcheck disable=SC2086
	PRIVATE_INSIDE=$scratch unshare $private_map --net --mount \
		sh "$srcdir/tests/live/$1"
	exit $?
}

private_hold()
{
	private_ready=$scratch/ready
	rm -f "$private_ready" "$scratch/stdin"
	mkfifo "$private_ready" "$scratch/stdin"
	# Its words are words.
	# shellcheck disable=SC2086
	"${holder:-tests/live/holder}" ${holder_words:-} <"$scratch/stdin" >"$private_ready" &
	holder_pid=$!
	exec 9>"$scratch/stdin"
	read -r own_port any_port <"$private_ready" || exit 1
}

private_end()
{
	exec 9>&-
	wait "$holder_pid"
}
