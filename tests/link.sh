#!/bin/sh
# Each layer links alone: all its objects with only the archives and libraries that the
# table tests/layers.table allows.  A call into a layer above is an undefined reference.
# The program itself is linked with no library that only some runs need.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

echo 'int main(void) { return 0; }' >"$scratch/main.c"

# The objects of layer $1 and what it may use.
# The lists are meant to be split.
# shellcheck disable=SC2086
link_layer()
{
	below=
	for layer in $2; do
		[ ! -e "lib$layer.a" ] || below="$below lib$layer.a"
	done
	libraries=
	for name in $3; do
		eval "libraries=\"\$libraries \${LINK_$name:-}\""
	done
	printf '%s\n' "linking lib$1.a with:$below$libraries"
	$LINK -o "$scratch/$1" "$scratch/main.c" \
		-Wl,--whole-archive "lib$1.a" -Wl,--no-whole-archive $below $libraries $LINK_LIBS
}

# What the loader has to bring before main(), without the parts of the C library and what
# a compiler adds of its own.
needed()
{
	readelf -d connstate | sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p'
}

needless()
{
	needed | grep -v -E '^(libmnl|libc|libc\.musl-.*|libpthread|libdl|librt|libm|libgcc_s|ld-.*)\.so'
}

while IFS='|' read -r layer uses links _; do
	layer=$(echo "$layer" | tr -d ' \t')
	case $layer in
	'#'* | '' | app) continue ;;
	esac
	if [ -n "$(find "$srcdir/src/$layer" -name '*.c' 2>/dev/null)" ]; then
		ok "$layer links alone" link_layer "$layer" "$uses" "$links"
	fi
done <"$srcdir/tests/layers.table"
if ! command -v readelf >/dev/null; then
	skip 'connstate is linked with libmnl and libc alone' 'there is no readelf'
elif [ "$SANITIZERS" = yes ]; then
	skip 'connstate is linked with libmnl and libc alone' 'sanitizers add their own'
else
	ok 'connstate is linked with libmnl' sh -c 'readelf -d connstate | grep -q "NEEDED.*libmnl"'
	none 'and beside it with libc alone' needless
fi
finish
