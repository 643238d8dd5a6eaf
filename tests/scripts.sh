#!/bin/sh
# Every script of the tree through shellcheck, each in its own language.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"

cd "$srcdir" || exit 1
command -v shellcheck >/dev/null || skip_all 'shellcheck is not installed'
for script in quickstart .ci/run tools/* tests/*.sh tests/*/*.sh; do
	case $(head -n 1 "$script" 2>/dev/null) in
	'#!'*sh*) ok "shellcheck $script" shellcheck -x -e SC1091,SC2016 "$script" ;;
	esac
done
ok 'shellcheck tests/tap.sh' shellcheck tests/tap.sh
finish
