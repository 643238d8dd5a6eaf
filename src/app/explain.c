/* What a state means, in words: see explain.h; the diagram is in explain_diagram.c. */
#include "config.h"

#include "app/explain.h"

#include <stdio.h>
#include <string.h>

#include "app/flow.h"
#include "base/text.h"

#define WIDTH_MIN 40
#define INDENT 2
#define TEXT_INDENT 18 /* behind the longest heading */

static void flow_heading(struct flow *f, const char *heading)
{
	flow_to(f, INDENT);
	flow_put(f, heading, strlen(heading));
	flow_to(f, TEXT_INDENT);
}

static void put_paragraph(struct flow *f, const char *heading, const char *text)
{
	flow_heading(f, heading);
	flow_text(f, TEXT_INDENT, text);
	flow_newline(f);
}

/* The same of a text that speaks of states. */
static void put_prose(struct flow *f, const char *heading, const char *text, enum dialect names)
{
	flow_heading(f, heading);
	flow_retold(f, TEXT_INDENT, text, names);
	flow_newline(f);
}

/* Where the name comes from, as a quotation if RFC 793 is the source. */
static void put_definition(struct flow *f, const struct state_info *info)
{
	static const char *const sources[] = {
		[SCOPE_LINUX] = "Not in RFC 793; reported by Linux.",
		[SCOPE_SCTP] = "A state of SCTP associations (RFC 9260, section 4).",
		[SCOPE_ELSEWHERE] = "Not in RFC 793; known to other systems, not to Linux.",
	};
	char text[512];

	if (info->rfc)
		snprintf(text, sizeof(text), "RFC 793, section 3.2: \"%s - represents %s\"",
			 info->name, info->rfc);
	flow_text(f, INDENT, info->rfc ? text : sources[info->scope]);
	flow_newline(f);
}

/* A value as one line: the kernel separates several numbers by tabs. */
static void put_value(struct flow *f, const char *value)
{
	char text[128];
	size_t len = strcspn(value, "\n");

	if (len >= sizeof(text))
		len = sizeof(text) - 1;
	memcpy(text, value, len);
	text[len] = '\0';
	for (char *p = text; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = ' ';
	flow_text(f, TEXT_INDENT, text);
}

static void put_sysctls(struct flow *f, const struct state_info *info,
			const struct explaining *how)
{
	const char *list = info->sysctls;
	const char *word;
	size_t len;

	while ((word = text_next_word(&list, &len))) {
		char name[96];
		const char *value;

		snprintf(name, sizeof(name), "%.*s", (int)len, word);
		value = how->sysctl ? how->sysctl(how->context, name) : NULL;
		flow_to(f, TEXT_INDENT);
		flow_text(f, TEXT_INDENT, name);
		flow_text(f, TEXT_INDENT, "=");
		put_value(f, value ? value : "(not known here)");
		flow_newline(f);
	}
}

/* One arrow: the state at its other end, and what makes it happen. */
static void put_arrow(struct flow *f, enum state other, const struct state_arrow *arrow,
		      enum dialect names)
{
	char text[96];

	snprintf(text, sizeof(text), "%-13s %s%s%s", state_name(other, names), arrow->event,
		 *arrow->action ? " / " : "", arrow->action);
	flow_to(f, TEXT_INDENT);
	flow_put(f, text, strlen(text));
	flow_newline(f);
}

/* All arrows that lead to @s, or from it; nothing for a state that is not in the figure. */
static void put_arrows(struct flow *f, const char *heading, enum state s, bool incoming,
		       enum dialect names)
{
	size_t count;
	const struct state_arrow *arrows = state_arrows(&count);
	bool any = false;

	for (size_t i = 0; i < count; i++) {
		enum state here = incoming ? arrows[i].to : arrows[i].from;
		enum state other = incoming ? arrows[i].from : arrows[i].to;

		if (here != s)
			continue;
		if (!any)
			flow_heading(f, heading);
		any = true;
		put_arrow(f, other, &arrows[i], names);
	}
}

/* States whose connection a reset or a timeout can end (RFC 793, section 3.4). */
static void put_abort(struct flow *f, enum state s, enum dialect names)
{
	static const struct state_arrow reset = { .event = "reset or timeout", .action = "" };

	if (state_info(s)->scope == SCOPE_TCP && s != STATE_CLOSED && s != STATE_LISTEN &&
	    s != STATE_TIME_WAIT)
		put_arrow(f, STATE_CLOSED, &reset, names);
}

/* True if an earlier dialect uses the same name, so that it has been printed. */
static bool name_is_repeated(const struct state_info *info, enum dialect d)
{
	for (enum dialect earlier = 0; earlier < d; earlier++)
		if (info->names[earlier] && !strcmp(info->names[earlier], info->names[d]))
			return true;
	return false;
}

/* One name and all dialects that use it. */
static void put_name(struct flow *f, const struct state_info *info, enum dialect first)
{
	const char *name = info->names[first];
	unsigned int indent = TEXT_INDENT + 20;

	flow_to(f, TEXT_INDENT);
	flow_put(f, name, strlen(name));
	flow_to(f, indent);
	for (enum dialect d = first; d < DIALECT_COUNT; d++)
		if (info->names[d] && !strcmp(info->names[d], name))
			flow_text(f, indent, dialect_info(d)->name);
	flow_newline(f);
}

static void put_names(struct flow *f, const struct state_info *info)
{
	flow_heading(f, "Names");
	for (enum dialect d = 0; d < DIALECT_COUNT; d++)
		if (info->names[d] && !name_is_repeated(info, d))
			put_name(f, info, d);
	if (info->aliases)
		put_paragraph(f, "Also read as", info->aliases);
}

void explain_state(struct buffer *out, enum state s, const struct explaining *how)
{
	const struct state_info *info = state_info(s);
	const char *name = state_name(s, how->names);
	struct flow f = { .out = out, .width = how->width < WIDTH_MIN ? WIDTH_MIN : how->width };

	flow_put(&f, name, strlen(name));
	flow_newline(&f);
	put_definition(&f, info);
	flow_newline(&f);
	put_prose(&f, "What it is", info->plain, how->names);
	put_prose(&f, "Who acts next", info->acts, how->names);
	put_prose(&f, "What ends it", info->bound, how->names);
	put_sysctls(&f, info, how);
	put_prose(&f, "When many", info->pileup, how->names);
	put_prose(&f, "What to do", info->remedy, how->names);
	flow_newline(&f);
	put_arrows(&f, "Comes from", s, true, how->names);
	put_arrows(&f, "Goes to", s, false, how->names);
	put_abort(&f, s, how->names);
	put_names(&f, info);
}
