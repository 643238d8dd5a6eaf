/*
 * Reading the kernel's own counters and limits from /proc.
 */
#ifndef COLLECT_COUNTERS_H
#define COLLECT_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "model/counters.h"

/*
 * Read every counter that this kernel has, below @proc_root ("/proc" when
 * NULL), stamped @now_ns.  Files that are missing leave their counters unknown.
 * -1 with @err set only if none could be read.
 */
int counters_read(struct counters *out, const char *proc_root, uint64_t now_ns, struct error *err);

/*
 * The value of a sysctl like "net.ipv4.tcp_fin_timeout" as text (newline cut,
 * blanks folded) into @out.  0, or -1 with @err set.
 */
int sysctl_read(char *out, size_t size, const char *proc_root, const char *name,
		struct error *err);

#endif
