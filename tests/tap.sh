# TAP for the test scripts: sourced, POSIX sh.
#
#   plan COUNT                 first, when the number is known; else finish() last
#   ok NAME COMMAND...         a test that passes when the command succeeds
#   result STATUS NAME [WHY]   the same for a status already at hand
#   none NAME COMMAND...       passes when the command prints nothing
#   skip NAME WHY              a test that cannot run here
#   skip_all WHY               none of them can
#   finish                     the plan, after the last test
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

skip()
{
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1 # SKIP $2"
}

finish()
{
	echo "1..$tap_count"
}
