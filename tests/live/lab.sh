# Test scripts that run inside the state laboratory: sourced after tap.sh.
#
#   lab_script NAME            first; in the laboratory it returns, outside it prepares
#   lab_run WHO OPTION...      run this script's inside() there, with statelab's options
#   lab_everyone OPTION...     the same as the user at hand and, for root, as nobody
#   lab_program=PROGRAM        before lab_script: another laboratory than statelab
#
# A script defines inside() and calls lab_script before anything else.  Inside it has
# a folder of its own in $scratch, the program in $connstate and the user in $who.
# Everything is copied to where any user may read it.
#
# shellcheck shell=sh

if [ -n "${LAB_INSIDE:-}" ]; then
	work=$LAB_WORK
else
	work=$(mktemp -d "${TMPDIR:-/tmp}/connstate-live.XXXXXX") || exit 1
	trap 'rm -rf "$work"' EXIT
fi

lab_script()
{
	lab_name=$1
	: "${srcdir:=.}" "${connstate:=}"
	if [ -n "${LAB_INSIDE:-}" ]; then
		who=$LAB_INSIDE
		tap_count=$LAB_COUNT
		scratch=$work/$who
		connstate=$work/connstate
		cd "$scratch" || exit 1
		inside
		echo "$tap_count" >"$scratch/count"
		exit 0
	fi
	chmod 755 "$work"
	mkdir -p "$work/tests/live"
	: "${lab_program:=statelab}"
	cp connstate "tests/live/$lab_program" "$work/" &&
		cp "$srcdir/tests/tap.sh" "$work/tests/" &&
		cp "$srcdir"/tests/live/*.sh "$work/tests/live/" || exit 1
	chmod -R a+rX "$work"
}

lab_run()
{
	who=$1
	shift
	rm -rf "${work:?}/$who"
	mkdir -m 777 "$work/$who"
	lab_prefix='env'
	if [ "$who" = nobody ]; then
		lab_prefix='setpriv --reuid 65534 --regid 65534 --clear-groups env'
	fi
	$lab_prefix srcdir="$work" TMPDIR="$work/$who" LAB_INSIDE="$who" LAB_WORK="$work" \
		LAB_COUNT="$tap_count" "$work/$lab_program" "$@" -- \
		sh "$work/tests/live/$lab_name" 2>"$work/error"
	lab_status=$?
	if [ "$lab_status" -eq 77 ]; then
		skip "$who: everything" "$(head -n 1 "$work/error")"
		return
	fi
	diag <"$work/error"
	if [ -f "$work/$who/count" ]; then
		tap_count=$(cat "$work/$who/count")
	else
		result 1 "$who: the script came to its end (status $lab_status)"
	fi
}

lab_everyone()
{
	lab_run self "$@"
	if [ "$(id -u)" -ne 0 ]; then
		skip 'nobody: everything' 'not root: the first half was without privileges'
	elif ! command -v setpriv >/dev/null; then
		skip 'nobody: everything' 'there is no setpriv'
	else
		lab_run nobody "$@"
	fi
}

# A python3 that this user can run, or nothing.
lab_python()
{
	for lab_candidate in python3 /usr/bin/python3; do
		if "$lab_candidate" -c '' 2>/dev/null; then
			echo "$lab_candidate"
			return
		fi
	done
}

# FIELDS of standard input, blanks squeezed, sorted.
words()
{
	awk -v fields="$1" '{
		count = split(fields, field, ",")
		for (i = 1; i <= count; i++)
			printf "%s%s", $field[i], i < count ? " " : "\n"
	}' | sort
}

# Runs other() and ours() until they print the same lines into wanted and found.  A socket
# may change between two programs (a retransmission, an expired timer), so a difference
# must show five times.
lab_compare()
{
	for _ in 1 2 3 4 5; do
		other >wanted
		ours >found 2>&1
		if cmp -s wanted found; then
			return
		fi
	done
}

# agree NAME: other() and ours() print the same lines, and some.
agree()
{
	lab_compare
	same "$1" wanted found
}

# The same where nothing at all is an answer too.
agree_or_nothing()
{
	lab_compare
	lab_difference=$(diff wanted found)
	result $? "$who: $1" "$(echo "$lab_difference" | head -n 20)"
}
