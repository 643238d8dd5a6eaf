#!/bin/sh
# The habits of the code that a machine can see; CONTRIBUTING.md has them all.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"

function_lines=80
file_lines=700
columns=100

cd "$srcdir" || exit 1

c_files()
{
	find src tests tools -name '*.[ch]' | sort
}

long_files()
{
	c_files | while read -r file; do
		count=$(wc -l <"$file")
		[ "$count" -le $file_lines ] || echo "$file: $count lines"
	done
}

# LC_ALL is UTF-8: awk may count bytes, so drop the continuation bytes first.
long_lines()
{
	for file in $(c_files); do
		LC_ALL=C tr -d '\200-\277' <"$file" | expand |
			awk -v file="$file" -v most=$columns \
				'length($0) > most { print file ":" NR ": " length($0) " columns" }'
	done
}

without_purpose()
{
	for file in $(c_files) $(find src -name '*.def'); do
		head -n 1 "$file" | grep -q '^/\*' || echo "$file: does not begin with a comment"
	done
}

wrong_guards()
{
	find src -name '*.h' | while read -r file; do
		guard=$(echo "${file#src/}" | tr 'a-z/.' 'A-Z__')
		if [ "$(grep -c -x -e "#ifndef $guard" -e "#define $guard" "$file")" -ne 2 ]; then
			echo "$file: has no guard $guard"
		fi
	done
}

# $1: what is looked for, as an extended regular expression.
matches()
{
	# File names hold no blanks here.
	# shellcheck disable=SC2046
	grep -n -E "$1" $(c_files)
}

line_comments()
{
	matches '(^|[^:"])//' | grep -v -E '"[^"]*//'
}

wrong_names()
{
	find src tests tools man -type f | grep -v -E '^[a-z./_0-9-]+$' | grep -v '^man/.*\.in$'
}

# A source that Makefile.am does not name builds here and is missing in the release.
unnamed_files()
{
	find src tests tools \( -name '*.[ch]' -o -name '*.def' -o -name '*.sh' \) |
		while read -r file; do
			grep -q -F -w "$file" Makefile.am || echo "$file: not in Makefile.am"
		done
}

have_ctags()
{
	ctags --version 2>/dev/null | grep -q '^Universal Ctags'
}

functions()
{
	# shellcheck disable=SC2046
	ctags -o - --languages=C --langmap=C:.c.h --kinds-C=f --fields=+ne $(c_files) |
		sed -n 's/^\([^\t]*\)\t\([^\t]*\)\t.*\tline:\([0-9]*\).*\tend:\([0-9]*\).*/\2 \1 \3 \4/p'
}

long_functions()
{
	functions | awk -v most=$function_lines \
		'$4 - $3 + 1 > most { print $1 ":" $3 ": " $2 "() has " $4 - $3 + 1 " lines" }'
}

odd_functions()
{
	functions | awk '$2 !~ /^(__wrap_)?[a-z][a-z0-9_]*$/ { print $1 ":" $3 ": " $2 "()" }' |
		grep -v LLVMFuzzer
}

# The median of lengths must stay low: a few long functions are not a licence for many.
median()
{
	functions | awk '{ print $4 - $3 + 1 }' | sort -n |
		awk '{ a[NR] = $1 } END { m = a[int((NR + 1) / 2)]; if (m > 15) print "median " m }'
}

none "no file has over $file_lines lines" long_files
none "no line has over $columns columns" long_lines
none 'every file begins with its purpose' without_purpose
none 'every header has a guard named after its path' wrong_guards
none 'indentation is tabs' matches '^ +[^ *]'
none 'no blanks at the end of a line' matches '[ 	]+$'
none 'comments are /* */' line_comments
none 'structs have no typedef' matches '^typedef (struct|union|enum)'
none 'nothing is left for later' matches '\b(TODO|FIXME|XXX)\b'
none 'file names are lower case' wrong_names
none 'Makefile.am names every source' unnamed_files
if have_ctags; then
	none "no function has over $function_lines lines" long_functions
	none 'the median function has at most 15 lines' median
	none 'function names are lower case' odd_functions
else
	skip 'the length of functions' 'universal-ctags is not installed'
fi
finish
