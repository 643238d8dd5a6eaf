/* What passes were like, in words and in sum: see collect.h. */
#include "config.h"

#include <stdio.h>

#include "collect/collect.h"

void collect_report_name(struct collect_report *report, char *out, size_t size)
{
	const char *before = " (";
	size_t used;

	report->source = out;
	snprintf(out, size, "%s", report->from_proc ? "procfs" : "netlink");
	if (!report->from_proc || !report->from_netlink)
		return;
	used = (size_t)snprintf(out, size, "netlink, procfs");
	for (enum proto p = 0; p < PROTO_COUNT; p++) {
		if (!(report->from_proc & PROTO_BIT(p)) || used >= size)
			continue;
		used += (size_t)snprintf(out + used, size - used, "%s%s", before,
					 proto_info(p)->name);
		before = ", ";
	}
	if (used < size)
		snprintf(out + used, size - used, ")");
}

void collect_report_add(struct collect_report *sum, const struct collect_report *part)
{
	if (part->why && !sum->unasked) {
		sum->why = part->why;
		sum->unasked = part->unasked;
	}
	sum->from_netlink |= part->from_netlink;
	sum->from_proc |= part->from_proc;
	sum->sockets += part->sockets;
	sum->duplicates += part->duplicates;
	sum->outside += part->outside;
	sum->malformed += part->malformed;
	sum->interrupted += part->interrupted;
	sum->unfiltered |= part->unfiltered;
	sum->relayed |= part->relayed;
	sum->split |= part->split;
	sum->missing |= part->missing;
	sum->untold |= part->untold;
	for (size_t p = 0; p < PROTO_COUNT; p++)
		sum->untold_states[p] |= part->untold_states[p];
}
