/* The sums of a summary: see totals.h. */
#include "config.h"

#include "app/totals.h"

#include <stdio.h>
#include <sys/socket.h>

void totals_add(struct totals *t, struct document *d, enum proto proto,
		const struct census_count *sum, const struct options *o)
{
	const struct proto_info *info = proto_info(proto);

	document_add(d, info->name, census_total(sum));
	if (info->family != AF_INET)
		return;
	for (size_t i = 0; i < 2; i++) {
		char *name = t->names[proto][i];

		snprintf(name, sizeof(t->names[proto][i]), "%s_ipv%d", info->name, i ? 6 : 4);
		document_add(d, name,
			     census_family(sum, proto, o, i ? FAMILY_V6 : FAMILY_V4));
	}
}
