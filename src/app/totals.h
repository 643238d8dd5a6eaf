/*
 * The sums of a summary as members of a JSON document, beside the rows, where adding up rows
 * can't count them twice.
 */
#ifndef APP_TOTALS_H
#define APP_TOTALS_H

#include "app/census.h"
#include "app/document.h"

/* Room for the names of members; must outlive the document. */
struct totals {
	char names[PROTO_COUNT][2][24];
};

/* The members "tcp", "tcp_ipv4" and "tcp_ipv6" of @d. */
void totals_add(struct totals *t, struct document *d, enum proto proto,
		const struct census_count *sum, const struct options *o);

#endif
