#!/bin/sh
# The layers, as the table tests/layers.table draws them: who includes whom, which system
# header belongs to which layer, which calls a layer must not make, and that no
# variable outlives a call.  What may pass all the same stands in tests/exceptions.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"

rules=$srcdir/tests/layers.table

# Field $2 of the line of layer $1.
rule()
{
	awk -F'|' -v layer="$1" -v field="$2" '
		{ name = $1; gsub(/[ \t]/, "", name) }
		name == layer { gsub(/^[ \t]+|[ \t]+$/, "", $field); print $field }' "$rules"
}

layers()
{
	awk -F'|' '!/^#/ && NF > 1 { gsub(/[ \t]/, "", $1); print $1 }' "$rules"
}

# Filter out what tests/exceptions.table allows: lines "FILE: WHAT" of the rule $1.
unless_excepted()
{
	awk -F'|' -v rule="$1" '
		function trim(s) { gsub(/^[ \t]+|[ \t]+$/, "", s); return s }
		FNR == NR { if (trim($1) == rule) allowed[trim($2) ": " trim($3)] = 1; next }
		!($0 in allowed)' "$srcdir/tests/exceptions.table" -
}

sources()
{
	(cd "$srcdir" && find "src/$1" -name '*.[ch]' -o -path "src/$1/*" -name '*.def') | sort
}

# "FILE INCLUDED" for each include of a layer's files; <> and "" are kept.
includes()
{
	for file in $(sources "$1"); do
		sed -n 's/^[ \t]*#[ \t]*include[ \t]*\(["<][^">]*[">]\).*/\1/p' "$srcdir/$file" |
			sed "s|^|$file |"
	done
}

# Project includes of layer $1 that the table does not allow.
strangers()
{
	includes "$1" | while read -r file name; do
		case $name in
		'"config.h"') continue ;;
		'"'*/*) ;;
		'"'*)
			echo "$file: $name is not written \"layer/file.h\""
			continue
			;;
		*) continue ;;
		esac
		to=$(echo "$name" | sed 's/"\([^/]*\).*/\1/')
		case " $1 $(rule "$1" 2) " in
		*" $to "*) ;;
		*) echo "$file: includes $name" ;;
		esac
	done
}

# System headers of layer $1 that belong to another layer.
borrowed()
{
	includes "$1" | while read -r file name; do
		for owner in $(layers); do
			[ "$owner" != "$1" ] || continue
			for pattern in $(set -f; rule "$owner" 4); do
				# The pattern is meant as one.
				# shellcheck disable=SC2254
				case $name in
				'<'$pattern'>') echo "$file: $name belongs to $owner" ;;
				esac
			done
		done
	done | unless_excepted header
}

# The table gives curses to a layer; it is the business of few of its files.
curses_elsewhere()
{
	for layer in $(layers); do
		includes "$layer"
	done | while read -r file name; do
		case $name:$file in
		'<curses.h>':src/ui/curses_library.h) ;;
		'"ui/curses_library.h"':src/ui/curses_library.c) ;;
		'"ui/curses_library.h"':src/ui/term_curses.c) ;;
		'<curses.h>':* | '<ncurses'* | '"ui/curses_library.h"':*) echo "$file: $name" ;;
		esac
	done
}

# config.h is the first include of every .c and of no header.
config_order()
{
	for file in $(sources "$1"); do
		first=$(includes_of "$file" | head -n 1)
		case $file in
		*.c) [ "$first" = '"config.h"' ] || echo "$file: first includes $first" ;;
		*) includes_of "$file" | sed -n "s|\"config.h\"|$file: includes config.h|p" ;;
		esac
	done
}

includes_of()
{
	sed -n 's/^[ \t]*#[ \t]*include[ \t]*\(["<][^">]*[">]\).*/\1/p' "$srcdir/$1"
}

# The archive of a layer and what is linked beside it, for nm.
objects()
{
	for object in "lib$1.a" "src/$1/main.o"; do
		[ ! -e "$object" ] || echo "$object"
	done
}

# The source of the object that a line of nm -A names: "libx.a:libx_a-file.o:", "main.o:".
source_of()
{
	sed -e 's/^[^:]*\.a://' -e 's|^[^:]*/||' -e 's/^lib[a-z]*_a-//' -e "s|^|src/$1/|" \
		-e 's/\.o:/.c: /'
}

# "FILE: FUNCTION" for each function that an object of the layer calls and does not have;
# what the compiler made of printf() and the fortified forms count as the plain ones.
calls()
{
	for object in $(objects "$1"); do
		nm -A -u "$object" | source_of "$1" | awk '
			{ name = $NF; sub(/@.*/, "", name)
			  sub(/^__(isoc99_|isoc23_)?/, "", name); sub(/_chk$/, "", name)
			  print $1 " " name }'
	done
}

# The calls of layer $1 that the words after it name.
forbidden()
{
	layer=$1
	shift
	calls "$layer" | awk -v names="$*" '
		BEGIN { n = split(names, list, " "); for (i = 1; i <= n; i++) bad[list[i]] = 1 }
		$2 in bad' | sort -u | unless_excepted call
}

kind_of_call()
{
	case $1 in
	clock) echo time clock_gettime gettimeofday clock usleep nanosleep sleep ;;
	files)
		echo open open64 openat fopen fopen64 opendir socket connect read write \
			popen system getaddrinfo getnameinfo gethostbyname
		;;
	speech)
		echo printf vprintf fprintf vfprintf dprintf vdprintf puts putchar perror \
			exit _exit quick_exit err errx warn warnx vwarn vwarnx syslog
		;;
	esac
}

# Writable variables of file scope, or static ones in functions: all but what becomes
# read-only once the addresses in it are known.
variables()
{
	for object in $(objects "$1"); do
		nm -f sysv "$object" | awk -F'|' -v layer="$1" '
			/^Symbols from / {
				file = $0
				sub(/.*\[/, "", file); sub(/.*\//, "", file); sub(/^Symbols from /, "", file)
				sub(/\.o.*/, "", file); sub(/^lib[a-z]*_a-/, "", file)
			}
			{ gsub(/ /, "") }
			$3 ~ /^[bBdDCsSgG]$/ && $7 !~ /^\.data\.rel\.ro/ {
				sub(/\.[0-9]+$/, "", $1); print "src/" layer "/" file ".c: " $1 }'
	done | unless_excepted variable
}

unknown_folders()
{
	(cd "$srcdir/src" && ls) | while read -r folder; do
		layers | grep -q -x "$folder" || echo "src/$folder is not in tests/layers.table"
	done
}

banned='strcpy strcat stpcpy sprintf vsprintf gets atoi atol atoll atof strtok localtime gmtime
	asctime ctime tmpnam mktemp alloca'

for layer in $(layers); do
	[ -d "$srcdir/src/$layer" ] || continue
	none "$layer includes only what lies below it" strangers "$layer"
	none "$layer includes no system header of another layer" borrowed "$layer"
	none "$layer: config.h comes first in .c files, never in headers" config_order "$layer"
	# The list is meant to be split.
	# shellcheck disable=SC2086
	none "$layer calls no banned function" forbidden "$layer" $banned
	for kind in $(rule "$layer" 5); do
		# shellcheck disable=SC2046
		none "$layer is free of $kind" forbidden "$layer" $(kind_of_call "$kind")
	done
	if [ "$SANITIZERS" = yes ]; then
		skip "$layer keeps no variables" 'sanitizers add their own'
	else
		none "$layer keeps no variables" variables "$layer"
	fi
done
none 'curses is known to src/ui/term_curses.c alone' curses_elsewhere
none 'every folder of src is a layer' unknown_folders
finish
