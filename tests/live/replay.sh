#!/bin/sh
# Recordings of real sockets, read while they are written: what the kernel tells of a
# moment is what the recording tells of it, state, ends and processes alike.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"
# shellcheck source=tests/live/private.sh
. "${srcdir:-.}/tests/live/private.sh"

port=7001
columns=proto,state,local,peer,uid,inode,cookie,process

polls()
{
	"$connstate" list --from "$file" --format jsonl --at last >/dev/null 2>&1 || return 1
	"$connstate" summary --from "$file" --since first --format json 2>/dev/null |
		sed -n 's/.*"polls":\([0-9]*\),.*/\1/p'
}

# Two more polls: the second one began after this was called.
next_polls()
{
	wanted=$(($(polls || echo 0) + 2))
	deadline=$(($(date +%s) + 60))
	until [ "$(polls || echo 0)" -ge "$wanted" ]; do
		if [ "$(date +%s)" -ge "$deadline" ]; then
			echo '# there are no more polls'
			return 1
		fi
	done
}

step()
{
	echo "$*" >&9
	read -r answer <&8
	next_polls
}

# As the kernel tells it, and as the recording does.
compare()
{
	"$connstate" list -tu --columns "$columns" --sort local,peer,inode >"$scratch/live" 2>&1
	"$connstate" list -tu --columns "$columns" --sort local,peer,inode --from "$file" \
		>"$scratch/recorded" 2>&1
	difference=$(diff "$scratch/live" "$scratch/recorded")
	result $? "$1" "$difference"
	[ "$(wc -l <"$scratch/live")" -gt 1 ]
	result $? "$1: there are sockets"
}

private_script replay.sh
"$connstate" record 2>"$scratch/said"
grep -q 'built without SQLite' "$scratch/said" && skip_all 'built without SQLite'
file=$scratch/recording
mkfifo "$scratch/in" "$scratch/out"
tests/live/stepper "$port" <"$scratch/in" >"$scratch/out" &
exec 9>"$scratch/in" 8<"$scratch/out"
read -r answer <&8
"$connstate" record "$file" --interval 0.05 2>"$scratch/recorder" 9>&- &
recorder=$!
next_polls
compare 'a listener'
step open
client=$answer
compare 'an open connection'
step half
compare 'one that is half closed'
step finish
kill -TERM "$recorder"
wait "$recorder"
"$connstate" watch --from "$file" --format '{event} {from} {to}' sport = :"$port" and \
	dport = :"$client" >"$scratch/events"
[ "$(head -n 2 "$scratch/events" | tr '\n' ,)" = \
	'opened - ESTABLISHED,changed ESTABLISHED CLOSE-WAIT,' ] &&
	grep -q '^closed .* -$' "$scratch/events"
result $? 'watch tells its life in order' "$(cat "$scratch/events")"
opened=$("$connstate" watch --from "$file" --format '{time}' sport = :"$port" and \
	dport = :"$client" | head -n 1)
"$connstate" diff "$file" --at first --at "$opened" --format '{change} {to}' \
	sport = :"$port" and dport = :"$client" \
	>"$scratch/diff"
[ "$(cat "$scratch/diff")" = 'opened ESTABLISHED' ]
result $? 'diff tells what opened' "$(cat "$scratch/diff")"
"$connstate" summary --from "$file" --since first --format csv sport = :"$port" and \
	dport = :"$client" >"$scratch/summary"
grep -q '^tcp,CLOSE-WAIT,0,0,1,[0-9.]*,0,[01],1,[01]' "$scratch/summary"
result $? 'summary counts what came and went' "$(cat "$scratch/summary")"

# Protocols that nobody looked at are unknown, not empty, until they are recorded as well.
folder=$PWD
cd "$scratch" || exit 1 # fails() leaves there what was said
for command in 'check -c :5' check; do
	# shellcheck disable=SC2086 # words of a command line
	fails 3 "$command of what was not recorded" 'no unix sockets were recorded' \
		"$connstate" $command --from "$file" -x
done
fails 2 'summary of what was not recorded' 'no unix sockets were recorded' \
	"$connstate" summary --from "$file" -x --format json
cd "$folder" || exit 1
ok 'check of what was' "$connstate" check --from "$file" -tu -c 1000000

# Media that nobody can write to; the log of a recorder that was killed is with it.
"$connstate" record "$file" -tux --interval 0.05 2>"$scratch/recorder" 9>&- &
recorder=$!
next_polls
kill -KILL "$recorder"
wait "$recorder" 2>/dev/null
for protocol in -t -u -x; do
	ok "recorded now or before: $protocol" \
		"$connstate" check --from "$file" "$protocol" -c 1000000
done
mkdir "$scratch/media"
cp "$file" "$scratch/media/plain"
# shellcheck disable=SC2016
if unshare -rm sh -c 'mount -t tmpfs none "$1/media" && cp "$1"/recording* "$1/media" &&
	rm -f "$1/media/recording-shm" && mount -o remount,ro "$1/media" &&
	"$2" list --from "$1/media/recording" -tH && "$2" list --from "$1/media/recording" -tH >"$1/ro"' \
	sh "$scratch" "$connstate" >"$scratch/media.out" 2>&1; then
	[ -s "$scratch/ro" ]
	result $? 'a recording on read-only media is read' "$(cat "$scratch/media.out")"
elif grep -q 'mount\|unshare' "$scratch/media.out"; then
	skip 'a recording on read-only media' "nothing can be mounted here: $(cat "$scratch/media.out")"
else
	ok 'a recording on read-only media is read' false
	sed 's/^/# /' "$scratch/media.out"
fi
finish
