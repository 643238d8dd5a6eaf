# fish completion for connstate.  The lists between BEGIN and END are made from the
# program's tables by tools/update-docs.

# BEGIN commands
function __connstate_commands
	printf '%s\t%s\n' \
		'top' 'The live view (the default on a terminal)' \
		'list' 'One row a socket (the default in a pipe)' \
		'summary' 'How many sockets there are in each state' \
		'watch' 'A line for each socket that opens, changes its state or closes, until interrupted' \
		'wait' 'Wait until a socket matches, or --count of them, or --none' \
		'check' 'What is wrong, worst first, with its cause and what to do; with -w or -c: whether the number of sockets that match is in a range' \
		'kill' 'Close matching sockets in the kernel, after showing them and asking' \
		'record' 'Write what happens to sockets to a file (SQLite), until interrupted' \
		'diff' 'What opened, closed and changed its state between two moments of a recording' \
		'explain' 'What a state means, by any name that it has anywhere; without a name, the state diagram of RFC 793' \
		;
end
# END commands
# BEGIN columns
function __connstate_columns
	printf '%s\t%s\n' \
		'proto' 'Protocol: tcp, udp, unix ..' \
		'netid' 'What ss calls the protocol: tcp, u_str, p_raw, nl ..' \
		'type' 'Type of a socket that is no IP socket: stream, dgram, raw ..' \
		'family' 'Address family of the socket: ipv4 or ipv6' \
		'state' 'State of the connection, RFC 793 name unless --names says otherwise' \
		'recv_q' 'What ss shows: bytes not read yet; for a listener, connections waiting for accept()' \
		'send_q' 'What ss shows: bytes not acknowledged yet; for a listener, the backlog' \
		'local' 'Local address and port' \
		'peer' 'Address and port of the peer' \
		'local_address' 'Local address' \
		'local_port' 'Local port' \
		'peer_address' 'Address of the peer' \
		'peer_port' 'Port of the peer' \
		'local_host' 'Name of the local address, where it could be resolved' \
		'peer_host' 'Name of the peer'\''s address, where it could be resolved' \
		'listener' 'Local end of the listener that a connection came through' \
		'direction' 'Who connected: in (a listener has the local port), out, or listen' \
		'interface' 'Interface that the socket is bound to' \
		'recv_queue_bytes' 'Bytes received and not yet read by the program' \
		'send_queue_bytes' 'Bytes written and not yet acknowledged by the peer' \
		'backlog' 'Connections of a listener waiting for accept()' \
		'backlog_max' 'Limit of a listener'\''s accept queue; it is full when the backlog exceeds it' \
		'age' 'Time in the present state, as far as it was observed' \
		'seen' 'Time since the socket was first observed' \
		'previous' 'State that was observed before the present one' \
		'limited_by' 'What held sending back between two polls: application (it gave nothing to send), send-buffer (too small), receiver (its window), network, loss, or idle (nothing was sent)' \
		'kind' 'What the kernel keeps: full socket, request (half-open), mini (after close)' \
		'timer' 'Running timer, in the words of ss: on (retransmission), keepalive, timewait, persist, off' \
		'timer_expires' 'Time until the timer expires' \
		'timer_retrans' 'How often the running timer has expired already' \
		'process' 'All processes that hold the socket, as command[pid], or why none is known' \
		'pid' 'Process that holds the socket; the lowest one of several' \
		'fd' 'Its descriptor in that process' \
		'command' 'Name of the process that holds the socket' \
		'command_line' 'Its arguments' \
		'uid' 'User id of the socket, where the kernel keeps one' \
		'user' 'User name of the socket' \
		'inode' 'Inode of the socket, as in /proc/PID/fd' \
		'cookie' 'Number that the kernel gives a socket for its whole life' \
		'cgroup' 'Path of the control group (version 2) that the socket was created in' \
		'unit' 'Systemd unit of the control group' \
		'slice' 'Systemd slice around the unit' \
		'container' 'Container id of the control group' \
		'pod' 'Kubernetes pod of the control group, by its uid' \
		'netns' 'Network namespace of the socket: its name, else its container, service, or a process in it' \
		'mark' 'Firewall mark; needs CAP_NET_ADMIN' \
		'shutdown' 'Directions that were closed: none, receive, send, both' \
		'v6only' 'Whether an IPv6 listener refuses IPv4' \
		'tos' 'Type of service byte (IPv4)' \
		'tclass' 'Traffic class byte (IPv6)' \
		'classid' 'Class id of the net_cls controller, or the priority of the socket' \
		'congestion' 'Congestion control algorithm' \
		'name' 'Path of a UNIX socket, or what else a socket without IP address is known by' \
		'peer_inode' 'Inode of the UNIX socket at the other end' \
		'file_inode' 'Inode of the path that a UNIX socket is bound to' \
		'file_device' 'Device of that inode, as the kernel numbers it' \
		'rtt' 'Smoothed round trip time' \
		'rttvar' 'Mean deviation of the round trip time' \
		'min_rtt' 'Smallest round trip time seen' \
		'rcv_rtt' 'Round trip time as estimated by the receiving side' \
		'rto' 'Retransmission timeout' \
		'ato' 'Delayed acknowledgment timeout' \
		'snd_mss' 'Segment size for sending' \
		'rcv_mss' 'Segment size seen in what was received' \
		'advmss' 'Segment size advertised to the peer' \
		'pmtu' 'Path MTU' \
		'cwnd' 'Congestion window, in segments' \
		'ssthresh' 'Slow start threshold, in segments; unknown while infinite' \
		'rcv_ssthresh' 'Limit of the window to be advertised' \
		'rcv_space' 'Receive buffer space as tuned by the kernel' \
		'unacked' 'Segments sent and not yet acknowledged' \
		'sacked' 'Segments acknowledged selectively' \
		'lost' 'Segments believed to be lost' \
		'retrans' 'Retransmitted segments in flight' \
		'total_retrans' 'Segments retransmitted in the whole life of the connection' \
		'ca_state' 'Congestion state: 0 open, 1 disorder, 2 CWR, 3 recovery, 4 loss' \
		'backoff' 'Times that the retransmission timeout was doubled' \
		'probes' 'Unanswered window or keepalive probes' \
		'rto_retrans' 'Unanswered timeouts of the segment at the head' \
		'reordering' 'Reordering that is tolerated, in segments' \
		'last_sent' 'Time since data was last sent' \
		'last_received' 'Time since data was last received' \
		'last_ack' 'Time since an acknowledgment was last received' \
		'pacing_rate' 'Pacing rate; unknown while unlimited' \
		'max_pacing_rate' 'Limit of the pacing rate; unknown while unlimited' \
		'delivery_rate' 'Rate of the latest delivery' \
		'bytes_sent' 'Bytes sent, retransmissions included' \
		'bytes_acked' 'Bytes acknowledged by the peer' \
		'bytes_received' 'Bytes received and acknowledged' \
		'bytes_retrans' 'Bytes retransmitted' \
		'segs_out' 'Segments sent' \
		'segs_in' 'Segments received' \
		'data_segs_out' 'Segments with data sent' \
		'data_segs_in' 'Segments with data received' \
		'delivered' 'Segments with data delivered, retransmissions included' \
		'delivered_ce' 'Segments delivered that were marked for congestion (ECN)' \
		'notsent' 'Bytes written and not yet sent' \
		'busy_time' 'Time with data to send' \
		'rwnd_limited' 'Time held back by the window of the peer' \
		'sndbuf_limited' 'Time held back by the send buffer' \
		'dsack_dups' 'Duplicates that the peer reported (RFC 4898 tcpEStatsStackDSACKDups)' \
		'reord_seen' 'Reordering events seen' \
		'rcv_ooopack' 'Segments received out of order' \
		'snd_wnd' 'Window advertised by the peer, scaled' \
		'rcv_wnd' 'Window advertised to the peer, scaled' \
		'rehash' 'Changes of the flow hash after timeouts' \
		'total_rto' 'Retransmission timeouts in the whole life of the connection' \
		'total_rto_recoveries' 'Recoveries from retransmission timeouts' \
		'total_rto_time' 'Time spent in recovery from retransmission timeouts' \
		'rmem' 'Memory taken by received packets' \
		'rcvbuf' 'Limit of the receive buffer' \
		'wmem' 'Memory taken by packets handed to the network layer' \
		'sndbuf' 'Limit of the send buffer' \
		'fwd_alloc' 'Memory reserved for the socket and not yet used' \
		'wmem_queued' 'Memory taken by the send queue' \
		'optmem' 'Memory taken by socket options' \
		'sk_backlog' 'Bytes received while the socket was locked, not yet processed' \
		'drops' 'Packets dropped at this socket; at a listener, connections refused a place' \
		;
end
# END columns
# BEGIN states
function __connstate_states
	printf '%s\t%s\n' \
		'LISTEN' 'A server'\''s socket that waits for clients' \
		'SYN-SENT' 'This program called connect()' \
		'SYN-RECEIVED' 'A client'\''s SYN has come and our SYN,ACK has gone out; the ACK that completes the handshake is missing' \
		'ESTABLISHED' 'The connection is open; data can flow both ways, or it is idle' \
		'FIN-WAIT-1' 'This side closed first' \
		'FIN-WAIT-2' 'This side closed first and the peer'\''s kernel has acknowledged that' \
		'CLOSE-WAIT' 'The peer has closed; this host'\''s program has not' \
		'CLOSING' 'Both sides closed at the same time and the FINs crossed on the way' \
		'LAST-ACK' 'The peer closed first, then this side' \
		'TIME-WAIT' 'Both sides have closed, and this side was first' \
		'CLOSED' 'There is no connection: not yet, or no more' \
		'BOUND' 'A TCP socket that has a local port by bind(), and neither listens nor is connected' \
		'UNCONNECTED' 'A datagram socket without a fixed peer: it takes datagrams from anyone and may send to anyone' \
		;
end
# END states
# BEGIN formats
function __connstate_formats
	printf '%s\t%s\n' \
		'table' 'Aligned columns with a heading (the default)' \
		'json' 'One JSON document' \
		'jsonl' 'JSON lines: one object a row' \
		'csv' 'Comma-separated values (RFC 4180)' \
		'tsv' 'Tab-separated values' \
		;
end
# END formats
# BEGIN dialects
function __connstate_dialects
	printf '%s\t%s\n' \
		'rfc' 'RFC 793 and RFC 9293 (the default)' \
		'ss' 'iproute2'\''s ss' \
		'netstat' 'Linux netstat (net-tools), lsof on Linux' \
		'linux' 'the kernel'\''s enum, include/net/tcp_states.h' \
		'proc' 'hexadecimal numbers of /proc/net/tcp' \
		'sockstat' 'sockstat on Linux' \
		'bsd' 'FreeBSD, OpenBSD and macOS' \
		'solaris' 'Solaris and illumos netstat and connstat' \
		'hpux' 'HP-UX 11' \
		'hpux9' 'HP-UX 9.10' \
		'aix' 'AIX netstat' \
		'windows' 'Windows MIB_TCP_STATE' \
		'dotnet' '.NET TcpState and PowerShell' \
		'snmp' 'SNMP tcpConnState (RFC 4022)' \
		'zos' 'z/OS netstat, MVS form' \
		'zos-shell' 'z/OS netstat, shell form' \
		'nonstop' 'HP NonStop' \
		'conntrack' 'netfilter connection tracking' \
		;
end
# END dialects
# BEGIN protocols
function __connstate_protocols
	printf '%s\t%s\n' \
		'tcp' 'TCP over IPv4 and IPv6' \
		'udp' 'UDP over IPv4 and IPv6' \
		'udplite' 'UDP-Lite: datagrams with a partial checksum' \
		'raw' 'raw IP sockets: ping, routing daemons' \
		'unix' 'UNIX domain sockets, within this host' \
		'packet' 'packet sockets: tcpdump, DHCP clients' \
		'netlink' 'netlink: talking to the kernel' \
		'mptcp' 'Multipath TCP; its subflows are TCP sockets' \
		'sctp' 'SCTP associations and endpoints' \
		'dccp' 'DCCP (Linux had it until 6.15)' \
		'vsock' 'between a virtual machine and its host' \
		'tipc' 'TIPC, within a cluster' \
		'xdp' 'AF_XDP: packets past the network stack' \
		;
end
# END protocols
# BEGIN thresholds
function __connstate_thresholds
	printf '%s\t%s\n' \
		'close-wait.count' 'Idle sockets in CLOSE-WAIT of one process from which it warns' \
		'close-wait.age' 'How long such a socket must have been idle to be counted' \
		'close-wait.old' 'From this age on a single one is enough' \
		'close-wait.critical' 'Share of the process'\''s descriptor limit from which it is critical' \
		'close-wait-unaccepted.count' 'Connections in one accept queue whose peer has gone' \
		'close-wait-unaccepted.age' 'How long ago the peer must have gone' \
		'accept-queue-near-full.share' 'Share of the backlog that is taken, in two passes one after the other' \
		'accept-queue-near-full.least' 'Connections that must be waiting, so that a small backlog is no alarm' \
		'accept-queue-overflow.count' 'Connections that one listener dropped between two passes' \
		'syn-backlog.share' 'Share of the listener'\''s backlog that half-open connections take' \
		'syn-backlog.least' 'Half-open connections that there must be' \
		'syn-flood.sources' 'Different sources of half-open connections from which it is a flood' \
		'syn-flood.unanswered' 'Share of the half-open connections whose SYN,ACK had to be sent again' \
		'syn-flood.completed' 'Share of SYN cookies that come back, or of half-open connections that complete: from here on it is load, no flood' \
		'ephemeral-ports.warning' 'Share of the local ports used towards one destination' \
		'ephemeral-ports.critical' 'The same, critical' \
		'ephemeral-ports.left' 'It warns as well when they will run out within this time' \
		'time-wait-buckets.warning' 'Share of tcp_max_tw_buckets that is taken' \
		'time-wait-buckets.critical' 'The same, critical' \
		'orphans.warning' 'Share of tcp_max_orphans that is taken' \
		'orphans.critical' 'The same, critical' \
		'tcp-memory.warning' 'Share of the second figure of tcp_mem, from which TCP saves memory' \
		'tcp-memory.critical' 'Share of the third figure of tcp_mem, from which TCP drops' \
		'syn-sent-unanswered.count' 'Connection attempts to one destination' \
		'syn-sent-unanswered.retransmits' 'How often the SYN of each was sent again' \
		'syn-sent-unanswered.critical' 'Attempts to one destination from which it is critical' \
		'fin-unacknowledged.count' 'Closing connections of one peer' \
		'fin-unacknowledged.age' 'How long the FIN has been waiting for its acknowledgment' \
		'fin-unacknowledged.retransmits' 'Or how often it was sent again' \
		'fin-wait-2-held.count' 'Half-closed connections of one process' \
		'fin-wait-2-held.age' 'How long nothing has come from the peer' \
		'peer-not-reading.count' 'Connections to one destination that are held up' \
		'peer-not-reading.age' 'How long no data could be sent' \
		'not-reading.count' 'Connections of one process with a full receive buffer' \
		'not-reading.age' 'How long no data came in' \
		'not-reading.share' 'Share of the receive buffer that is full, where the window is not known' \
		'no-answer.count' 'Open connections to one destination' \
		'no-answer.retransmits' 'How often the same data was sent again without an answer' \
		'retransmission.warning' 'Share of a connection'\''s bytes that were sent again' \
		'retransmission.critical' 'The same, critical' \
		'retransmission.segments' 'Data segments that a connection must have sent to be judged' \
		'retransmission.recent' 'A connection that has sent nothing for longer is not judged' \
		'half-open.count' 'Silent connections of one process' \
		'half-open.age' 'How long nothing has come from the peer' \
		'udp-drops.count' 'Datagrams that one socket dropped between two passes' \
		'udp-drops.share' 'With a single pass: share of the receive buffer that is full' \
		'resets.times' 'How many times the usual rate' \
		'resets.least' 'Resets a second that there must be' \
		'descriptors.warning' 'Share of its descriptor limit that a process has open' \
		'descriptors.critical' 'The same, critical' \
		'descriptors.sockets' 'Sockets that it must have' \
		'conntrack.warning' 'Share of nf_conntrack_max that is taken' \
		'conntrack.critical' 'The same, critical' \
		;
end
# END thresholds
# BEGIN filter
function __connstate_filter
	printf '%s\t%s\n' \
		'state' 'in this state, or one of this group of states' \
		'src' 'local address: HOST, NETWORK/BITS, HOST:PORT' \
		'dst' 'peer address: HOST, NETWORK/BITS, HOST:PORT' \
		'local' 'as src' \
		'peer' 'as dst' \
		'local_network' 'as src' \
		'peer_network' 'as dst' \
		'local_address' 'as src' \
		'peer_address' 'as dst' \
		'sport' 'local port: a number, FIRST-LAST or a service' \
		'dport' 'peer port: a number, FIRST-LAST or a service' \
		'local_port' 'as sport' \
		'peer_port' 'as dport' \
		'dev' 'bound to this network interface: a name or an index' \
		'fwmark' 'firewall mark: MARK or MARK/MASK' \
		'mark' 'as fwmark' \
		'cgroup' 'in the cgroup v2 at this path' \
		'autobound' 'the kernel chose the local port' \
		'proto' 'of this protocol' \
		'protocol' 'as proto' \
		'netid' 'as proto' \
		'process' 'name of a process that holds it' \
		'command' 'as process' \
		'command_line' 'arguments of a process that holds it, joined by blanks' \
		'pid' 'number of a process that holds it' \
		'fd' 'descriptor that a process holds it by' \
		'exclude' 'joins conditions' \
		'excl' 'joins conditions' \
		'not' 'joins conditions' \
		'and' 'joins conditions' \
		'or' 'joins conditions' \
		'in' 'joins conditions' \
		'is' 'joins conditions' \
		;
end
# END filter
# BEGIN themes
function __connstate_themes
	printf '%s\t%s\n' \
		'default' 'for a dark background' \
		'light' 'for a light background' \
		'high-contrast' 'bright colours on black, nothing dimmed' \
		'colour-blind' 'colours that stay apart for colour-blind eyes' \
		'mono' 'no colours: bold, dim, underlined, reverse' \
		;
end
# END themes

# Complete from the list called $argv[1]; a list of columns may have commas.
function __connstate_values
	if test $argv[1] != columns
		__connstate_$argv[1]
		return
	end
	set -l token (commandline -ct | string replace -r '^--[a-z-]+=' '')
	set -l before (string replace -r '[^,]*$' '' -- $token)
	__connstate_columns | string replace -r '^' -- "$before"
end

function __connstate_words
	set -l tokens (commandline -opc)
	if contains -- $tokens[-1] state exclude explain
		__connstate_states
		return
	end
	if test (count $tokens) -eq 1
		__connstate_commands
	end
	__connstate_filter
end

complete -c connstate -f
complete -c connstate -a '(__connstate_words)'
# BEGIN options
complete -c connstate -s t -l tcp -d 'TCP sockets'
complete -c connstate -s u -l udp -d 'UDP sockets'
complete -c connstate -s x -l unix -d 'UNIX domain sockets'
complete -c connstate -s w -l raw -d 'Raw IP sockets'
complete -c connstate -s 0 -l packet -d 'Packet sockets'
complete -c connstate -s M -l mptcp -d 'Multipath TCP sockets'
complete -c connstate -s S -l sctp -d 'SCTP endpoints and associations'
complete -c connstate -s d -l dccp -d 'DCCP sockets'
complete -c connstate -l vsock -d 'VSOCK sockets, between a virtual machine and its host'
complete -c connstate -l tipc -d 'TIPC sockets'
complete -c connstate -l xdp -d 'AF_XDP sockets'
complete -c connstate -s f -l family -r -d 'Sockets of FAMILY: inet (IPv4), inet6, link, unix, netlink, vsock, tipc, xdp'
complete -c connstate -s A -l query -x -a '(__connstate_values protocols)' -d 'Sockets of the protocols in LIST, separated by commas: all, inet, tcp, udp, udplite, raw, mptcp, sctp, dccp, unix, packet, netlink, vsock, tipc, xdp, or one type of them like unix_stream, u_dgr, p_raw; with ! before one: without it'
complete -c connstate -s 4 -l ipv4 -d 'IPv4 sockets only'
complete -c connstate -s 6 -l ipv6 -d 'IPv6 sockets only'
complete -c connstate -s l -l listening -d 'Listening sockets only, and UDP sockets without a peer'
complete -c connstate -s a -l all -d 'Sockets in all states (the default); the last one of -a and -l counts'
complete -c connstate -s B -l bound-inactive -d 'Also TCP sockets that are bound, neither listening nor connected (BOUND; Linux 6.8 and later)'
complete -c connstate -s n -l numeric -d 'Numbers instead of names (the default); the last one of -n and -r counts'
complete -c connstate -s r -l resolve -d 'Names instead of numbers: hosts by DNS, ports by services(5)'
complete -c connstate -l resolve-timeout -r -d 'Wait that long for names of hosts (default 2); what has none by then stays a number'
complete -c connstate -s p -l processes -d 'Add the processes that hold each socket'
complete -c connstate -s e -l extended -d 'Add user id, inode and cookie, and the timer as -o does'
complete -c connstate -s i -l info -d 'Add what the kernel knows of each connection: round trip, window, loss, rates'
complete -c connstate -s m -l memory -d 'Add the memory that each socket takes'
complete -c connstate -s o -l options -d 'Add the running timer'
complete -c connstate -s H -l no-header -d 'Leave out the heading line'
complete -c connstate -s O -l oneline -d 'One line a socket (always so)'
complete -c connstate -s j -l json -d 'Short for --format json'
complete -c connstate -l format -x -a '(__connstate_values formats)' -d 'How to write: table, json, jsonl, csv, tsv, or a template like '\''{state} {peer}'\'''
complete -c connstate -l columns -x -a '(__connstate_values columns)' -d 'Columns to show, in order, separated by commas; with + or - before a name: added to or taken from the default ones'
complete -c connstate -l columns-listeners -r -d 'Columns of the view of listeners: local, process, used, waiting, children, exposure, dropped, dropped_per_second, states'
complete -c connstate -l columns-processes -r -d 'Columns of the view of processes: group, sockets, new_per_second, gone_per_second, recv_queue_bytes, send_queue_bytes, share; those of the states follow'
complete -c connstate -l columns-peers -r -d 'The same of the view of peers'
complete -c connstate -l sort -x -a '(__connstate_values columns)' -d 'Columns to sort by, most important first; with - before a name: descending'
complete -c connstate -l limit -r -d 'Show the first N rows only; of a summary with --by'
complete -c connstate -l total -d 'In tables, a last row: how many there are, and the sums of bytes and backlogs; the table of states has such rows anyway'
complete -c connstate -l names -x -a '(__connstate_values dialects)' -d 'Name the states as another system does (--list-names)'
complete -c connstate -l base-units -d 'Numbers in base units: 4194304, not 4.0M'
complete -c connstate -l exact -d 'Count every socket, instead of taking the counts of ESTABLISHED and TIME-WAIT from the kernel'\''s counters'
complete -c connstate -s F -l filter -x -a '(__connstate_values files)' -d 'Read the filter from FILE (- is standard input); lines that start with # are skipped'
complete -c connstate -l explain-filter -d 'Show what of the filter the kernel evaluates and what is evaluated here, and end'
complete -c connstate -s w -l warning -r -d 'Warn when the number of sockets is outside RANGE: 10, 10:, ~:10, 10:20, or inside it: @10:20'
complete -c connstate -s c -l critical -r -d 'The same, critical'
complete -c connstate -l by -x -a '(__connstate_values columns)' -d 'A table of COLUMN (process, peer, user, unit ...) and states, largest first'
complete -c connstate -l group-by -x -a '(__connstate_values columns)' -d 'One row a value of COLUMN: how many sockets, and the sums of their numbers'
complete -c connstate -l threshold -x -a '(__connstate_values thresholds)' -d 'Change when a finding is raised: close-wait.count=100, close-wait.age=30s, orphans.warning=40% (--list-thresholds)'
complete -c connstate -l samples -r -d 'Look N times before judging (default 2); with 1 nothing is known of growth and rates'
complete -c connstate -s y -l yes -d 'Do not ask'
complete -c connstate -l count -r -d 'Wait for N sockets or more (default 1)'
complete -c connstate -l none -d 'Wait until no socket matches'
complete -c connstate -l timeout -r -d 'Give up after that time: exit status 1'
complete -c connstate -l interval -r -d 'Time between two polls, 0.05 to 3600 (default 1; of wait 0.1). list polls twice where limited_by is asked for, else once. summary with it polls twice, and tells how sockets moved between the states meanwhile'
complete -c connstate -l keep -r -d 'Delete from the recording what is older: 90s, 30m, 24h, 7d'
complete -c connstate -l max-size -r -d 'Keep the recording smaller than this, by deleting what is oldest: 500M, 2G'
complete -c connstate -l cpu-limit -r -d 'Poll less often rather than take more of one core than this (default 10)'
complete -c connstate -l theme -x -a '(__connstate_values themes)' -d 'Colours of the live view'
complete -c connstate -l no-events -d 'Do not listen for destroyed sockets, which costs the host some 8 microseconds each: what lives and dies between two polls is not seen then'
complete -c connstate -l no-mouse -d 'Leave the mouse to the terminal, for selecting text'
complete -c connstate -l no-netlink -d 'Read /proc/net instead of asking through netlink'
complete -c connstate -l config -x -a '(__connstate_values files)' -d 'Read the configuration from FILE'
complete -c connstate -l no-config -d 'Read no configuration'
complete -c connstate -s N -l net -r -d 'Look at a network namespace: its name (ip netns, docker), the pid of a process in it, or its path'
complete -c connstate -l all-namespaces -d 'Look at every network namespace of this host, and add the column netns'
complete -c connstate -l from -x -a '(__connstate_values files)' -d 'Read a recording, or a dump that was saved by -D, or by ss -D, instead of asking the kernel (- is standard input)'
complete -c connstate -l at -r -d 'The moment of a recording to look at (default: the last poll; of top the first): '\''2026-11-22 14:03:05'\'', 14:03, 2026-11-22T14:03:05Z, @1795356185, -5m (before the end), +1h (after the beginning), '\''yesterday 14:00'\'', first, last'
complete -c connstate -l since -r -d 'From that moment of a recording on (default: its beginning)'
complete -c connstate -l until -r -d 'Up to that moment of a recording (default: its end)'
complete -c connstate -l short-lived -d 'Also list connections that were there at neither moment, but in between'
complete -c connstate -s D -l dump -x -a '(__connstate_values files)' -d 'Show nothing, save what the kernel tells of the sockets to FILE, which ss reads as well (- is standard output)'
complete -c connstate -l anonymize -d 'Replace addresses and names by others, the same one always by the same other'
complete -c connstate -l list-columns -d 'Show all columns'
complete -c connstate -l list-formats -d 'Show all formats'
complete -c connstate -l list-names -d 'Show all dialects of state names'
complete -c connstate -l list-findings -d 'Show all findings of check'
complete -c connstate -l list-thresholds -d 'Show the thresholds of findings'
complete -c connstate -s s -l summary -d 'The command summary, as ss calls it'
complete -c connstate -s E -l events -d 'The command watch, as ss calls it'
complete -c connstate -s K -l kill -d 'The command kill, as ss calls it'
complete -c connstate -s h -l help -d 'Show this help'
complete -c connstate -s V -l version -d 'Show the version'
# END options
