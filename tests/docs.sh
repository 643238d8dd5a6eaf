#!/bin/sh
# The documentation says what the program does: generated parts are those of today's
# tables, the manual is clean, and each example in it runs.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"

manual=$srcdir/man/connstate.8
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# The manual's examples: after "$" in a display, and the last column of the table of
# other tools' commands.
examples()
{
	sed -n -e 's/^\.Dl \$ //p' -e 's/^\.It Li .* Ta Li //p' "$manual" |
		sed -e "s/\\\\(aq/'/g" -e 's/\\e/\\/g'
}

# Run one example as a shell would; it must end by itself, speak and not complain.
run_example()
{
	PATH=$scratch:$PATH timeout 60 sh -c "$1" >"$scratch/out" 2>"$scratch/err" </dev/null || {
		status=$?
		cat "$scratch/err"
		echo "exit status $status"
		return 1
	}
	cat "$scratch/err"
	if [ -s "$scratch/err" ]; then
		return 1
	fi
	if [ ! -s "$scratch/out" ]; then
		echo 'no output'
		return 1
	fi
}

ok 'the generated parts are up to date' "$srcdir/tools/update-docs" --check .

pages=" $(cd "$srcdir/man" && echo ./*.[1-8] | sed 's|\./||g') "
for page in "$srcdir"/man/*.[1-8]; do
	name=${page##*/}
	if command -v mandoc >/dev/null; then
		# mandoc looks for manuals where it was built to look for installed ones, and
		# nowhere else.  Which others are there is not this page's fault; our own
		# are beside it.
		mandoc -Tlint "$page" 2>/dev/null | awk -v pages="$pages" '
			match($0, /referenced manual not found: Xr [^ ]+ [^ ]+/) {
				split(substr($0, RSTART, RLENGTH), word, " ")
				if (word[6] !~ /^connstate/ || index(pages, " " word[6] "." word[7] " "))
					next
			}
			{ print }' >"$scratch/lint"
		none "mandoc finds nothing in $name" cat "$scratch/lint"
	else
		skip "mandoc finds nothing in $name" 'mandoc is not installed'
	fi
done

# What needs root changes the machine: it is run where there is nothing to change.
root_examples()
{
	sed -n 's/^\.Dl # //p' "$manual" >"$scratch/examples"
	while IFS= read -r example; do
		if unshare -rn true 2>/dev/null; then
			PATH=$scratch:$PATH unshare -rn timeout 60 sh -c "$example" \
				>"$scratch/out" 2>"$scratch/err" </dev/null
			result $? "example for root: $example" "$(cat "$scratch/err")"
		else
			skip "example for root: $example" 'no network namespace can be made here'
		fi
	done <"$scratch/examples"
}

ln -s "$(pwd)/connstate" "$scratch/connstate"
root_examples
examples >"$scratch/examples"
while IFS= read -r example; do
	ok "example: $example" run_example "$example"
done <"$scratch/examples"
ok 'the manual has examples' test "$(wc -l <"$scratch/examples")" -ge 20
finish
