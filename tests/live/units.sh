#!/bin/sh
# Control group, unit and container of real sockets, and the listener that a connection
# came through.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"
# shellcheck source=tests/live/private.sh
. "${srcdir:-.}/tests/live/private.sh"

id=0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef

# is WANTED NAME: the file "found" is exactly that text.
is()
{
	printf '%s\n' "$1" >"$scratch/wanted"
	ok "$2" diff "$scratch/wanted" "$scratch/found"
}

# show TEMPLATE FILTER: the lines of both, sorted.
show()
{
	$connstate list -t --format "$1" "$2" | sort >"$scratch/found"
}

# Run the holder in a control group of the name $1; says no when that can't be.
hold_in()
{
	group=$mount/$top/$1
	mkdir -p "$group" 2>/dev/null || return 1
	(
		# The group is that of the process that writes 0.
		echo 0 >"$group/cgroup.procs" && exec sh -c 'exec cat' </dev/null
	) 2>/dev/null || return 1
	holder=$scratch/in-group
	printf '#!/bin/sh\necho 0 >"%s/cgroup.procs" && exec tests/live/holder\n' \
		"$group" >"$holder"
	chmod +x "$holder"
	private_hold
}

leave()
{
	private_end
	for _ in 1 2 3 4 5 6; do
		find "$mount/$top" -depth -type d -exec rmdir {} \; 2>/dev/null
		[ -d "$mount/$top" ] || break
	done
}

in_unit()
{
	path=/$top/cs.slice/cs-nginx.service
	show '{state} {cgroup} {unit} {slice} {container}' "sport = :$own_port"
	is "ESTABLISHED $path cs-nginx.service cs.slice -
ESTABLISHED $path cs-nginx.service cs.slice -
LISTEN $path cs-nginx.service cs.slice -" 'a service: the listener, accepted and waiting'
	show '{state} {cgroup} {unit} {slice}' "dport = :$own_port and state time-wait"
	is 'TIME-WAIT - - -' 'TIME-WAIT has none that is known'
	show '{local_port}' "unit = cs-nginx.service and sport = :$own_port and state listen"
	is "$own_port" 'a filter by unit'
	show '{local_port}' "unit ~ nginx and slice = cs.slice and state listen and sport = :$own_port"
	is "$own_port" 'a filter by part of the unit, and slice'
	show '{local_port}' "cgroup ~ 'cs-nginx.service\$' and state listen and sport = :$own_port"
	is "$own_port" 'a filter by part of the path'
	show '{local_port}' "cgroup = $path and state listen and sport = :$own_port"
	is "$own_port" 'a filter by the path'
	show '{local_port}' "not unit = cs-nginx.service and sport = :$own_port"
	: >"$scratch/wanted"
	ok 'and its opposite' cmp "$scratch/wanted" "$scratch/found"
	leave
	$connstate list -t --columns unit,cgroup -H --format json >"$scratch/found"
	ok 'the group is gone' test ! -d "$mount/$top"
}

in_container()
{
	show '{container} {unit}' "sport = :$own_port and state listen"
	is "$id docker-$id.scope" 'a container'
	show '{local_port}' "container ~ ^01234 and state listen and sport = :$own_port"
	is "$own_port" 'a filter by the begin of its id'
	leave
}

# Names of groups are whatever their creator likes.
in_hostile()
{
	show '{cgroup}' "sport = :$own_port and state listen"
	ok 'a hostile group name does no harm' no_escape
	$connstate list -t --columns cgroup,unit --format json \
		"sport = :$own_port and state listen" >"$scratch/found"
	ok 'nor in JSON' no_escape
	ok 'where it is whole' grep -q 'u001b\[2Jx.service"' "$scratch/found"
	leave
}

no_escape()
{
	[ -s "$scratch/found" ] && ! grep -q "$(printf '\033')" "$scratch/found"
}

groups()
{
	mount=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)
	top=connstate-test-$$
	if [ -z "$mount" ]; then
		skip 'control groups' 'cgroup2 is not mounted'
		return
	fi
	if ! hold_in cs.slice/cs-nginx.service; then
		rmdir "$mount/$top/cs.slice/cs-nginx.service" "$mount/$top/cs.slice" \
			"$mount/$top" 2>/dev/null
		skip 'control groups' "no group can be made in $mount"
		return
	fi
	in_unit
	hold_in "docker-$id.scope"
	in_container
	hold_in "$(printf '\033[2Jx.service')"
	in_hostile
}

listeners()
{
	private_hold
	show '{state} {direction} {listener}' "sport = :$own_port"
	is "ESTABLISHED in 127.0.0.1:$own_port
ESTABLISHED in 127.0.0.1:$own_port
LISTEN listen 127.0.0.1:$own_port" 'its own address: accepted, waiting, listening'
	show '{direction} {listener}' "sport = :$any_port and state established"
	is "in 0.0.0.0:$any_port" 'any address'
	show '{direction} {listener}' "dport = :$any_port and state established"
	is 'out -' 'outgoing connections have none'
	show '{state}' "listener = 127.0.0.1:$own_port"
	is 'ESTABLISHED
ESTABLISHED
LISTEN' 'a filter by listener'
	show '{local_port}' "direction = in and sport = :$any_port"
	is "$any_port" 'a filter by direction'
	private_end
}

private_script units.sh
listeners
groups
finish
