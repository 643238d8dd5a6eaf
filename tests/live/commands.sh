#!/bin/sh
# What the commands do with the sockets of the state laboratory: options that go together,
# filters from files, templates, rows of watch and kill.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"
# shellcheck source=tests/live/lab.sh
. "${srcdir:-.}/tests/live/lab.sh"

# A filter is read once, whatever stands before it, and ends where its file does.
filters_from_files()
{
	printf 'state listen' >filter
	"$connstate" list -tH state listen | words 2,3,4 >wanted
	"$connstate" -F - -tH <filter | words 2,3,4 >found
	same '-F - is read although no command is named' wanted found
	"$connstate" -tsF - -H <filter | awk '$3 > 0 && $2 != "TOTAL" { print $2 }' >found
	echo LISTEN >wanted
	same '-F - is read although a letter names the command' wanted found
	port=$(sed -n 's/.*:\([0-9]*\) .*/\1/p' "$scratch/wanted.port" | head -n 1)
	"$connstate" list -tH "state listen and sport = $port" >wanted
	"$connstate" list -tH -F filter "sport = $port" >found
	same 'words go on behind a file without a newline' wanted found
	printf 'state listen\0 and sport = 1' >filter
	"$connstate" list -tH -F filter >found 2>message
	[ $? -eq 2 ] && [ ! -s found ] && grep -q 'NUL' message
	result $? "$who: a filter with a NUL byte is not taken for its beginning"
}

inside()
{
	"$connstate" list -tH --columns local,state state listen >wanted.port
	filters_from_files
}

lab_script commands.sh
lab_everyone
finish
