/*
 * Fields that rows of several kinds of documents have: what a member of the same name
 * says is the same in all of them.
 */
#ifndef APP_FIELDS_H
#define APP_FIELDS_H

#include "query/value.h"

extern const struct field field_proto;
extern const struct field field_state;
extern const struct field field_entered;
extern const struct field field_left;
extern const struct field field_local;
extern const struct field field_peer;

/* Of sockets; unknown where not asked for. */
extern const struct field field_ipv4;
extern const struct field field_ipv6;

/* A number of sockets or of changes, as a file describes those of its own. */
#define FIELD_OF_COUNT(field_name, field_title, field_help)                                        \
	{                                                                                          \
		.name = field_name, .title = field_title, .kind = VALUE_COUNT,                     \
		.align = ALIGN_RIGHT, .width = 8, .help = field_help                               \
	}

#endif
