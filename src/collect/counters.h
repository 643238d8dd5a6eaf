/*
 * Reading the kernel's own counters and limits from /proc.
 */
#ifndef COLLECT_COUNTERS_H
#define COLLECT_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/counters.h"

/* What to read: sets of files, so that nobody pays for what nobody looks at. */
enum counter_set {
	COUNTERS_SNMP = 1 << 0,	    /* net/snmp: opens, CurrEstab, segments, UDP over IPv4 */
	COUNTERS_SOCKSTAT = 1 << 1, /* net/sockstat and net/sockstat6: sockets in use, memory */
	COUNTERS_NETSTAT = 1 << 2,  /* net/netstat: drops, aborts, cookies */
	COUNTERS_SNMP6 = 1 << 3,    /* net/snmp6: UDP over IPv6 */
	COUNTERS_LIMITS = 1 << 4,   /* sysctls: what the figures are to be measured against */
	COUNTERS_ALL = (1 << 5) - 1,
};

/*
 * Read the counters of @sets (enum counter_set bits) that this kernel has, below
 * @proc_root ("/proc" when NULL), stamped @now_ns; all others are unknown.  The
 * network namespace is that of the calling thread.  Missing files and lines that
 * make no sense leave their counters unknown; -1 with @err set only if no file
 * could be read.
 */
int counters_read_some(struct counters *out, const char *proc_root, uint64_t now_ns,
		       unsigned int sets, struct error *err);

/* All sets. */
int counters_read(struct counters *out, const char *proc_root, uint64_t now_ns, struct error *err);

/*
 * The value of a sysctl like "net.ipv4.tcp_fin_timeout" as text (newline cut,
 * blanks folded) into @out (@size at least 1).  As in sysctl(8), '.' and '/'
 * change places.  0, or -1 with @err set.
 */
int sysctl_read(char *out, size_t size, const char *proc_root, const char *name,
		struct error *err);

#endif
