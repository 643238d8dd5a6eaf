#!/bin/sh
# Listing and summary while thousands of connections open and close beside: sockets
# that stay are listed once each time, and nothing is listed twice.
# shellcheck source=tests/tap.sh
. "${srcdir:-.}/tests/tap.sh"
# shellcheck source=tests/live/lab.sh
. "${srcdir:-.}/tests/live/lab.sh"

rounds=10

# Connections of the churn have a port from 7101 to 7108 at one of their ends.
not_churned()
{
	grep -v ':710[1-8] ' | sort
}

# Those that stay however long this takes: minisocks and requests do not.
expected_rows()
{
	awk -F'\t' '
		$3 == "BOUND" || $6 == "minisock" || $6 == "request" { next }
		$7 == "orphan-fin-wait-2" || $7 == "half-open" { next }
		{
			state = $1 == "udp" && $3 == "CLOSED" ? "UNCONNECTED" : $3
			print $1, state, $4, $5, ""
		}' "$STATELAB_EXPECT" | sed 's/\[::\]:/*:/g' | sort
}

listed_rows()
{
	$connstate list -H "$@" |
		awk '{ print $1, $2, $5, $6, "" }' | sed 's/%lo:/:/; s/\[::\]:/*:/g' | not_churned
}

# Every expected row is there, once; rows that are not expected are those left out
# above, and there must be as many each time or fewer.
stable_rows()
{
	expected_rows >wanted
	: >difference
	for round in $(seq "$rounds"); do
		listed_rows "$@" >found
		comm -23 wanted found | sed "s/^/round $round: missing: /" >>difference
		uniq -d found | sed "s/^/round $round: twice: /" >>difference
	done
	[ -s wanted ] && [ ! -s difference ]
	result $? "$who: list $* shows what stays, every time and once" "$(head -n 20 difference)"
}

no_duplicates()
{
	: >difference
	rows=0
	for round in $(seq "$rounds"); do
		$connstate list -t --format jsonl --columns cookie,state,local,peer >found
		rows=$((rows + $(wc -l <found)))
		sed 's/^{"cookie":"\([^"]*\)".*/\1/' found | sort | uniq -d >twice
		if [ -s twice ]; then
			grep -F -f twice found | sed "s/^/round $round: /" >>difference
		fi
	done
	[ "$rows" -gt "$rounds" ] && [ ! -s difference ]
	result $? "$who: no cookie is listed twice" "$(head -n 20 difference)"
}

time_waits()
{
	$connstate list -tH --columns state | grep -c '^TIME-WAIT'
}

# TIME-WAIT only grows as long as none of them is a minute old.
time_wait_is_between()
{
	: >difference
	for round in $(seq "$rounds"); do
		before=$(time_waits)
		count=$($connstate summary -tH | awk '$2 == "TIME-WAIT" { print $3 }')
		after=$(time_waits)
		if [ "$count" -lt "$before" ] || [ "$count" -gt "$after" ]; then
			echo "round $round: $before, $count, $after" >>difference
		fi
	done
	if [ "$(($(date +%s) - started))" -gt 50 ]; then
		skip "$who: summary counts TIME-WAIT" 'this took too long'
		return
	fi
	[ "$after" -gt 0 ] && [ ! -s difference ]
	result $? "$who: summary counts TIME-WAIT" "$(head -n 5 difference)"
}

# Beside the sockets of the laboratory there are 8 listeners, 32 connections, and what
# is left of those that end.
stable_counts()
{
	awk -F'\t' '$1 == "tcp" && $3 != "BOUND" && $3 != "TIME-WAIT" { count[$3] += $4 }
		END { for (state in count) print state, count[state] }' "$STATELAB_COUNTS" >wanted
	: >difference
	for round in $(seq "$rounds"); do
		$connstate summary -tH "$@" | awk -v round="$round" '
			NR == FNR { wanted[$1] = $2; next }
			$2 == "TOTAL" { if ($3 != sum) print "round " round ": " $0; next }
			{ sum += $3; found[$2] = $3 }
			END {
				for (state in wanted) {
					more = found[state] - wanted[state]
					least = state == "LISTEN" ? 8 : state in brief ? -99999 : 0
					most = state == "LISTEN" ? 8 : 80
					if (more < least || more > most)
						print "round " round ": " state, found[state],
							"not", wanted[state]
				}
			}
			BEGIN { split("SYN-RECEIVED FIN-WAIT-2 SYN-SENT", list, " ")
				for (i in list) brief[list[i]] }' wanted - >>difference
	done
	[ ! -s difference ]
	result $? "$who: summary ${*:-} counts what stays" "$(head -n 20 difference)"
}

active_opens()
{
	awk '$1 == "Tcp:" && $6 ~ /^[0-9]/ { print $6 }' /proc/net/snmp
}

# Short connections are seen whole: whoever came to ESTABLISHED left one of the two states
# before it, and no more were opened than the kernel counted meanwhile.
moves()
{
	before=$(active_opens)
	$connstate summary --interval 2 -t --format tsv -H >found
	after=$(active_opens)
	awk -F'\t' -v most=$((after - before)) '
		{ opened[$2] = $4; entered[$2] = $6; left[$2] = $7 }
		END {
			if (!entered["ESTABLISHED"]) print "nothing came to ESTABLISHED"
			if (entered["ESTABLISHED"] > left["SYN-SENT"] + left["SYN-RECEIVED"])
				print "more came to ESTABLISHED than left the states before it"
			if (opened["SYN-SENT"] > most)
				print opened["SYN-SENT"] " opened, by the kernel " most
		}' found >difference
	[ ! -s difference ]
	result $? "$who: summary --interval tells of short connections" "$(cat difference found)"
}

inside()
{
	started=$(date +%s)
	time_wait_is_between
	stable_rows -tu
	stable_rows -tu --sort local
	no_duplicates
	stable_counts
	stable_counts --exact
	moves
}

lab_script churn.sh
lab_everyone --count 10 --churn 1500
finish
