#!/bin/sh
# The unit tests in valgrind: no invalid access, no use of what was never set, no leak.
# One test per program; run by `make check-valgrind`.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"

command -v valgrind >/dev/null || skip_all 'valgrind is not installed'
[ "$SANITIZERS" != yes ] || skip_all 'built with sanitizers, which valgrind cannot run'
for program in $UNIT_PROGRAMS; do
	ok "valgrind $program" valgrind -q --error-exitcode=99 --leak-check=full \
		--errors-for-leak-kinds=definite,indirect,possible "./$program"
done
[ "$tap_count" -gt 0 ] || skip_all 'there are no unit tests: configure did not find cmocka'
finish
