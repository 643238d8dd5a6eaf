#!/bin/sh
# Names of hosts with -r: asked for once, many at a time, never in the way of the
# table; hostile ones do no harm.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"
# shellcheck source=tests/live/private.sh
. "${srcdir:-.}/tests/live/private.sh"

without_library()
{
	"$connstate" list -r >/dev/null 2>"$scratch/error"
	[ $? -eq 2 ] && grep -q "built without c-ares: -r can't resolve" "$scratch/error"
}

# Our own answers to who is asked, with no other host within reach.
private_files()
{
	echo 'nameserver 127.0.0.1' >"$scratch/resolv.conf"
	printf '127.0.0.1 local-end\n127.0.6.1 evil-\033[2J\342\200\256-end\n' >"$scratch/hosts"
	echo 'hosts: files dns' >"$scratch/nsswitch.conf"
	printf 'pretend\t%s/tcp\n' "$any_port" >"$scratch/services"
	for file in resolv.conf hosts nsswitch.conf services; do
		if [ ! -e "/etc/$file" ] || ! mount --bind "$scratch/$file" "/etc/$file"; then
			skip_all "/etc/$file can't be replaced"
		fi
	done
}

start_server()
{
	rm -f "$scratch/said"
	tests/live/nameserver "$@" >"$scratch/said" &
	server_pid=$!
	until grep -q ready "$scratch/said" 2>/dev/null; do
		kill -0 "$server_pid" || exit 1
	done
}

stop_server()
{
	kill "$server_pid"
	wait "$server_pid" 2>/dev/null
}

# has TEXT: the file "found" has a line with this text.
has()
{
	grep -q -F -- "$1" "$scratch/found" || { cat "$scratch/found"; return 1; }
}

lacks()
{
	! has "$1" >/dev/null
}

# Questions asked for names of addresses 127.0.$1.*: name and number.
questions()
{
	awk -v x="$1" '$1 ~ "^[0-9]+[.]" x "[.]0[.]127[.]" { print $1, $2 }' "$scratch/said"
}

plain_names()
{
	$connstate list -tr --resolve-timeout 60 'dst 127.0.1.1' >"$scratch/found"
	ok 'a name takes the place of the number' has 'host-1.example.net:pretend'
	ok 'the file of hosts counts' has 'local-end:'
	$connstate list -tr --resolve-timeout 60 'dst 127.0.2.1' >"$scratch/found"
	ok 'without a name it stays a number, with the service' has '127.0.2.1:pretend'
	$connstate list -tr -l >"$scratch/found"
	ok 'a listener on all addresses too' has '0.0.0.0:pretend'
	$connstate list -trn 'dst 127.0.1.1' >"$scratch/found"
	ok '-n after -r means numbers' has "127.0.1.1:$any_port"
	$connstate list -tnr --resolve-timeout 60 'dst 127.0.1.1' >"$scratch/found"
	ok '-r after -n means names' has 'host-1.example.net:pretend'
	$connstate list -tr --resolve-timeout 60 'dst 127.0.1.1' --format csv >"$scratch/found"
	ok 'CSV keeps the numbers' has "127.0.1.1:$any_port"
	ok 'and has the names beside them' has ',local-end,host-1.example.net'
	$connstate list -tr --resolve-timeout 60 --format '{peer_host} {peer}' \
		'dst 127.0.1.0/24 and peer-host ~ "^host-1[.]"' >"$scratch/found"
	echo 'host-1.example.net host-1.example.net:pretend' >"$scratch/wanted"
	ok 'names can be filtered by' cmp "$scratch/wanted" "$scratch/found"
	$connstate list -t --columns peer_host 'dst 127.0.1.1' >"$scratch/found"
	ok 'without -r nobody is asked' lacks host-1
}

names_need_the_option()
{
	$connstate list -t 'peer_host = a' 2>"$scratch/error"
	[ $? -eq 2 ] && grep -q 'with -r only' "$scratch/error"
}

no_control_bytes()
{
	LC_ALL=C grep -q -a "$(printf '[\001-\010\013\014\016-\037\177]')" "$scratch/found" && {
		od -c "$scratch/found" | head -n 20
		return 1
	}
	! LC_ALL=C grep -q -a "$(printf '\342\200\256')" "$scratch/found"
}

# The library keeps a hostile name from DNS back; one in the file of hosts is ours to tame.
hostile_names()
{
	for format in table json csv tsv '{peer} {peer_host}'; do
		$connstate list -tr --resolve-timeout 60 --format "$format" \
			'dst 127.0.3.1 or dst 127.0.6.1' >"$scratch/found"
		ok "a hostile name does no harm ($format)" no_control_bytes
		ok "two rows all the same ($format)" has 'evil-'
	done
}

# Each answer waits until 64 questions, or all the rest, are there: this ends only if
# so many are asked at a time.
many_names()
{
	$connstate list -tr --resolve-timeout 60 -H --format '{peer_host}' 'dst 127.0.5.0/24' |
		sort >"$scratch/found"
	awk 'BEGIN { for (i = 1; i <= 130; i++) print "host-" i ".example.net" }' |
		sort >"$scratch/wanted"
	ok '130 names, 64 at a time' cmp "$scratch/wanted" "$scratch/found"
	questions 5 | sort -u >"$scratch/asked"
	ok 'each address is asked for once' test "$(wc -l <"$scratch/asked")" -eq 130
	most=$(awk '$3 > most { most = $3 } END { print most }' "$scratch/said")
	ok 'never more than 64 questions wait' test "$most" -eq 64
}

silent_server()
{
	timeout 60 "$connstate" list -tr --resolve-timeout 0.3 \
		'dst 127.0.4.1 or dst 127.0.1.1' >"$scratch/found"
	ok 'a silent server does not hold the table up' test $? -eq 0
	ok 'what it does not say stays a number' has '127.0.4.1:pretend'
	ok 'what another says is a name' has 'host-1.example.net:pretend'
}

# In a namespace where no name server can be reached: hosts are asked for where the
# program was started.
other_namespace()
{
	cat >"$scratch/elsewhere" <<'SCRIPT'
exec unshare --net sh -c 'ip link set lo up && exec tests/live/holder "$@"' sh "$@"
SCRIPT
	chmod +x "$scratch/elsewhere"
	holder=$scratch/elsewhere
	holder_words='127.0.1.1'
	private_hold
	start_server 64 1
	$connstate -N "$holder_pid" list -tr --resolve-timeout 60 'dst 127.0.1.1' >"$scratch/found"
	ok 'names of the sockets of another namespace' has 'host-1.example.net:'
	ok 'the rows are of that namespace' has ":$any_port"
	$connstate -N "$holder_pid" list -t 'dst nobody-1.example.net' >"$scratch/found" 2>&1
	ok 'a host in a filter is asked for as well' grep -q '^nobody-1[.]example[.]net[. ]' \
		"$scratch/said"
	$connstate -N "$holder_pid" list -tr --resolve-timeout 60 \
		"dst local-end and sport = :$any_port" >"$scratch/found"
	ok 'and the file of hosts counts for it' has "local-end:$any_port"
	stop_server
	private_end
}

private_script names.sh
if "$connstate" list -r 2>&1 | grep -q 'built without c-ares'; then
	ok 'without c-ares -r says so' without_library
	finish
	exit 0
fi
holder_words="127.0.1.1 127.0.2.1 127.0.3.1 127.0.4.1 127.0.6.1 \
$(awk 'BEGIN { for (i = 1; i <= 130; i++) print "127.0.5." i }')"
private_hold
private_files
ok 'a filter by names needs -r' names_need_the_option
start_server 64 130
plain_names
hostile_names
silent_server
many_names
stop_server
$connstate list -tr 'dst 127.0.1.1' >"$scratch/found"
ok 'without a server there are numbers' has '127.0.1.1:pretend'
private_end
other_namespace
finish
