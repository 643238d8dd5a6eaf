/*
 * A cell before it becomes text: typed, with a unit.
 *
 * VALUE_NONE means "the kernel did not say", which is never the same as zero: it
 * prints "-", exports null and sorts last in both directions.
 */
#ifndef QUERY_VALUE_H
#define QUERY_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "model/addr.h"
#include "model/state.h"

enum value_kind {
	VALUE_NONE,
	VALUE_COUNT,	/* an unsigned number, see the field's unit */
	VALUE_RATIO,	/* a fraction, 0.5 is 50 % */
	VALUE_TEXT,	/* bytes, chosen by others: sanitised by each format in its way */
	VALUE_STATE,	/* an enum state; its name depends on the dialect */
	VALUE_ADDRESS,	/* an address without port */
	VALUE_ENDPOINT, /* address and port */
	VALUE_BOOL,
};

/* The unit of a VALUE_COUNT: raw in machine formats, made readable in tables. */
enum unit {
	UNIT_NONE,
	UNIT_BYTES,
	UNIT_NANOSECONDS,
	UNIT_MICROSECONDS,
	UNIT_MILLISECONDS,
	UNIT_BYTES_PER_SECOND,
	/* a mark, a cookie: 0x... in tables, a number or text in JSON as the schema says */
	UNIT_HEX,
};

struct value {
	uint8_t kind; /* enum value_kind */
	bool dual_stack; /* VALUE_ENDPOINT: an unspecified IPv6 address prints "*" */
	uint32_t len;	 /* VALUE_TEXT: bytes of @text */
	union {
		uint64_t count;
		double ratio;
		bool truth;
		enum state state;
		const char *text;	 /* VALUE_TEXT, and VALUE_NONE: why, or NULL */
		const struct endpoint *endpoint; /* VALUE_ENDPOINT, VALUE_ADDRESS */
	};
	const char *interface; /* VALUE_ENDPOINT: "%eth0", or NULL */
};

static inline struct value value_none(void)
{
	return (struct value){ .kind = VALUE_NONE };
}

/* Absent, and this is why (a text that lives for ever, or as long as the row). */
static inline struct value value_none_because(const char *why)
{
	return (struct value){ .kind = VALUE_NONE, .text = why };
}

static inline struct value value_count(uint64_t count)
{
	return (struct value){ .kind = VALUE_COUNT, .count = count };
}

static inline struct value value_ratio(double ratio)
{
	return (struct value){ .kind = VALUE_RATIO, .ratio = ratio };
}

static inline struct value value_bool(bool truth)
{
	return (struct value){ .kind = VALUE_BOOL, .truth = truth };
}

static inline struct value value_state(enum state state)
{
	return (struct value){ .kind = VALUE_STATE, .state = state };
}

static inline struct value value_text(const char *text, size_t len)
{
	return (struct value){ .kind = VALUE_TEXT, .text = text, .len = (uint32_t)len };
}

/* @text may be NULL: none. */
static inline struct value value_string(const char *text)
{
	return text ? value_text(text, strlen(text)) : value_none();
}

enum align { ALIGN_LEFT, ALIGN_RIGHT };

/* What a format needs to know of a column of cells; columns and summaries have them. */
struct field {
	const char *name;  /* lower case with underscores: JSON key, CSV header, --columns */
	const char *title; /* table heading */
	const char *help;  /* one sentence */
	uint8_t kind;	   /* enum value_kind of its cells, where not VALUE_NONE */
	uint8_t unit;	   /* enum unit */
	uint8_t align;	   /* enum align */
	uint8_t width;	   /* least cells in a table; title and rows may need more */
};

/* How values are written; shared by tables and screens. */
struct value_style {
	enum dialect names;
	bool raw;   /* no humanised units: 4194304, not 4.0M */
	bool ascii; /* ASCII only, whatever the locale */
};

/*
 * The readable text of @v into @out (@size bytes, at least VALUE_TEXT_MAX for
 * all but VALUE_TEXT; no NUL).  A VALUE_TEXT is sanitised for a terminal and cut at
 * @size.  Returns its length in bytes.
 */
#define VALUE_TEXT_MAX 80
size_t value_format(char *out, size_t size, const struct value *v, const struct field *f,
		    const struct value_style *style);

/*
 * The same, but what is absent says why where that is known: "(orphaned)".  @size is
 * then as for a VALUE_TEXT.
 */
size_t value_format_or_why(char *out, size_t size, const struct value *v, const struct field *f,
			   const struct value_style *style);

/* The order of two values of one field: <0, 0, >0.  VALUE_NONE is handled by the sort. */
int value_compare(const struct value *a, const struct value *b);

#endif
