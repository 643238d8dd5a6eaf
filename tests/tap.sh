# TAP for the test scripts: sourced, POSIX sh.
#
#   plan COUNT                 first, when the number is known; else finish() last
#   ok NAME COMMAND...         a test that passes when the command succeeds
#   result STATUS NAME [WHY]   the same for a status already at hand
#   none NAME COMMAND...       passes when the command prints nothing
#   same NAME WANTED FOUND     passes when both files are equal and not empty
#   fails STATUS NAME PATTERN COMMAND...
#                              passes when it ends with that status and one line that
#                              has the pattern in it
#   skip NAME WHY              a test that cannot run here
#   skip_all WHY               none of them can
#   finish                     the plan, after the last test
#
# Where a script runs as more than one user, $who is in front of the names that it gives
# to same and fails.
#
# shellcheck shell=sh

tap_count=0

plan()
{
	echo "1..$1"
}

skip_all()
{
	echo "1..0 # SKIP $1"
	exit 0
}

# Each line of standard input as a diagnostic.
diag()
{
	sed 's/^/# /'
}

result()
{
	tap_count=$((tap_count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tap_count - $2"
	else
		echo "not ok $tap_count - $2"
	fi
	if [ -n "${3:-}" ]; then
		printf '%s\n' "$3" | diag
	fi
}

ok()
{
	tap_name=$1
	shift
	if tap_output=$("$@" 2>&1); then
		result 0 "$tap_name"
	else
		result 1 "$tap_name" "$tap_output"
	fi
}

none()
{
	tap_name=$1
	shift
	tap_output=$("$@" 2>&1)
	if [ -z "$tap_output" ]; then
		result 0 "$tap_name"
	else
		result 1 "$tap_name" "$tap_output"
	fi
}

same()
{
	if [ ! -s "$2" ]; then
		result 1 "${who:+$who: }$1" "$2 is empty"
	elif tap_difference=$(diff "$2" "$3" 2>&1); then
		result 0 "${who:+$who: }$1"
	else
		result 1 "${who:+$who: }$1" "$(echo "$tap_difference" | head -n 20)"
	fi
}

fails()
{
	tap_wanted=$1
	tap_name=${who:+$who: }$2
	tap_pattern=$3
	shift 3
	"$@" >out 2>err </dev/null
	tap_status=$?
	[ "$tap_status" -eq "$tap_wanted" ] && [ "$(wc -l <err)" -eq 1 ] &&
		grep -q "^connstate: .*$tap_pattern" err
	result $? "$tap_name" "status $tap_status: $(cat err)"
}

skip()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

finish()
{
	echo "1..$tap_count"
}
