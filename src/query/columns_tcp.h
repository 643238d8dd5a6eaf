/*
 * Getters of the columns that are fields of tcp_info (model/tcp_facts.h): the field is
 * named by a column's offset and size.
 */
#ifndef QUERY_COLUMNS_TCP_H
#define QUERY_COLUMNS_TCP_H

#include "query/columns.h"

/* The field as it is; unknown for a listener, whose fields mean something else. */
void column_tcp(const struct row *row, const struct column *self, struct value *out);

/* A limit: unknown where there is none. */
void column_tcp_limit(const struct row *row, const struct column *self, struct value *out);

/* A time that is measured: unknown until it has been. */
void column_tcp_measured(const struct row *row, const struct column *self, struct value *out);

#endif
