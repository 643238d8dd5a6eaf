#!/bin/sh
# Filters on real sockets in every state: evaluated by the kernel, here, and by ss.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"

work=$(mktemp -d "${TMPDIR:-/tmp}/filter-test.XXXXXX") || exit 1
trap 'rm -rf "$work"' EXIT

# One line a filter: "=": the kernel decides alone and must deliver nothing else;
# "<": it must deliver less than everything; "-": it need not.  After a bar what ss
# is asked for the same; empty where it has no words for it.
cat >"$work/filters" <<'END'
= state listening|state listening
= state established state time-wait|state established state time-wait
= exclude listening exclude time-wait|exclude listening exclude time-wait
= state connected|state connected
= sport >= 10000 and sport < 10020|sport >= 10000 and sport < 10020
= dport in (10000-10010)|dport >= 10000 and dport <= 10010
= not dport > 10010|not dport > 10010
= dst 127.0.0.1|dst 127.0.0.1
= not dst 127.0.0.0/8|not dst 127.0.0.0/8
= src [::1]|src [::1]
= src inet6:*|
= (src 127.0.0.1 or src [::1]) and ! dport = 0|( src 127.0.0.1 or src [::1] ) and ! dport = :0
- autobound|autobound
- not autobound|not autobound
- not autobound or sport = 10000|not autobound or sport = :10000
= state fin-wait-1 or state fin-wait-2|state fin-wait-1 state fin-wait-2
< sport < 10040 and recv-q > 0|
< dst 127.0.0.1 and (rtt > 0 or dport = 10001)|
- rtt > 0 or sport = 10000|
END

cat >"$work/one.sh" <<'END'
kind=$1 ours=$2 theirs=$3 dump=$4 work=$5
fail() { echo "$1"; exit 1; }
"$dump" "$ours" >"$work/pushed" || fail "it cannot be evaluated"
"$dump" --here "$ours" >"$work/here" || fail "it cannot be evaluated here"
delivered=$(sed -n 's/^# //p' "$work/pushed")
everything=$(sed -n 's/^# //p' "$work/here")
for file in pushed here; do
	grep -v '^#' "$work/$file" | sort >"$work/$file.sorted"
done
matched=$(wc -l <"$work/pushed.sorted")
[ "$matched" -gt 0 ] || fail "nothing matches: this would prove nothing"
case $ours in
*autobound*) ;; # the kernel takes more for automatic than the port tells
*) cmp -s "$work/pushed.sorted" "$work/here.sorted" || fail "the kernel leaves others out" ;;
esac
case $kind in
=) [ "$delivered" -eq "$matched" ] || fail "$delivered delivered, $matched match" ;;
'<') [ "$delivered" -lt "$everything" ] || fail "all $everything delivered" ;;
esac
if [ -n "$theirs" ] && command -v ss >/dev/null; then
	# shellcheck disable=SC2086 # ss wants its filter as words
	ss -tanH $theirs | awk '{ print $(NF - 1), $NF }' |
		sed 's/%lo:/:/; s/^\*:/[::]:/; s/ \*:/ [::]:/' | sort >"$work/ss"
	# ss shows BOUND sockets only where asked for them, or not at all
	"$dump" "exclude bound ($ours)" | grep -v '^#' | sort >"$work/ours"
	diff "$work/ss" "$work/ours" >"$work/difference" ||
		fail "ss differs: $(grep '^[<>]' "$work/difference" | head -n 3 | tr '\n' ' ')"
fi
END

cat >"$work/all.sh" <<'END'
. "$3/tests/tap.sh"
# A program asks for a port that the kernel might have chosen; one of these is free.
mkfifo "$2/stdin" "$2/stdout"
for asked in 40000 40001 40002 40003 40004; do
	"$4" "$asked" <"$2/stdin" >"$2/stdout" &
	exec 9>"$2/stdin" 8<"$2/stdout"
	read -r listening <&8 && break
	exec 9>&- 8<&-
	wait
done
ok 'a port in the range was asked for' test "$listening" = listening
echo open >&9
read -r client <&8
ok 'the kernel chose one for its client' test "$client" -gt 0
while IFS= read -r line; do
	rest=${line#* }
	why=$(sh "$2/one.sh" "${line%% *}" "${rest%%|*}" "${rest#*|}" "$1" "$2")
	result $? "${rest%%|*}" "$why"
done <"$2/filters"
"$1" "state listening sport = $asked" >"$2/asked"
ok 'the port that was asked for is shown' grep -q "^127.0.0.1:$asked " "$2/asked"
for filter in autobound 'not autobound'; do
	"$1" "state listening ($filter)" >"$2/asked"
	none "the port that was asked for is not $filter" grep ":$asked " "$2/asked"
done
exec 9>&-
wait
finish
END

"$(pwd)/tests/live/statelab" --only-tcp -- sh "$work/all.sh" "$(pwd)/tests/live/filter_dump" \
	"$work" "${srcdir:-.}" "$(pwd)/tests/live/stepper" 2>"$work/error" >"$work/out"
status=$?
[ "$status" -ne 77 ] || skip_all "$(head -n 1 "$work/error")"
cat "$work/out"
diag <"$work/error"
exit "$status"
