#!/bin/sh
# The pictures in doc/ show what the live view draws now.  "make screenshots" draws them.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"

if [ ! -x tools/screenshots ]; then
	echo "1..0 # SKIP tools/screenshots is not built: cmocka is missing"
	exit 0
fi

drawn=$(mktemp -d "${TMPDIR:-/tmp}/connstate-screenshots.XXXXXX") || exit 1
trap 'rm -rf "$drawn"' EXIT

failed()
{
	tools/screenshots "$drawn" 2>&1 || echo "tools/screenshots: status $?"
}

outdated()
{
	for picture in "$drawn"/*.svg; do
		name=${picture##*/}
		cmp -s "$picture" "$srcdir/doc/$name" ||
			echo "doc/$name is out of date: run make screenshots"
	done
}

left_over()
{
	for picture in "$srcdir"/doc/*.svg; do
		[ -e "$drawn/${picture##*/}" ] || echo "$picture is drawn no more"
	done
}

not_in_readme()
{
	for name in connections lifecycle chart; do
		grep -q "doc/$name.svg" "$srcdir/README.md" || echo "README.md lacks doc/$name.svg"
	done
}

none "the pictures are drawn" failed
none "the pictures are up to date" outdated
none "no picture is left over" left_over
none "the README shows them" not_in_readme
finish
