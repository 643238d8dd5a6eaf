/* What a state means, in words and as the diagram: see explain.h. */
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
			const char *(*sysctl)(void *ctx, const char *name), void *ctx)
{
	const char *list = info->sysctls;
	const char *word;
	size_t len;

	while ((word = text_next_word(&list, &len))) {
		char name[96];
		const char *value;

		snprintf(name, sizeof(name), "%.*s", (int)len, word);
		value = sysctl ? sysctl(ctx, name) : NULL;
		flow_to(f, TEXT_INDENT);
		flow_text(f, TEXT_INDENT, name);
		flow_text(f, TEXT_INDENT, "=");
		put_value(f, value ? value : "(not known here)");
		flow_newline(f);
	}
}

/* One arrow: the state at its other end, and what makes it happen. */
static void put_arrow(struct flow *f, const char *other, const struct state_arrow *arrow)
{
	char text[96];

	snprintf(text, sizeof(text), "%-13s %s%s%s", other, arrow->event,
		 *arrow->action ? " / " : "", arrow->action);
	flow_to(f, TEXT_INDENT);
	flow_put(f, text, strlen(text));
	flow_newline(f);
}

/* All arrows that lead to @s, or from it; nothing for a state that is not in the figure. */
static void put_arrows(struct flow *f, const char *heading, enum state s, bool incoming)
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
		put_arrow(f, state_info(other)->name, &arrows[i]);
	}
}

/* States whose connection a reset or a timeout can end (RFC 793, section 3.4). */
static void put_abort(struct flow *f, enum state s)
{
	static const struct state_arrow reset = { .event = "reset or timeout", .action = "" };

	if (state_info(s)->scope == SCOPE_TCP && s != STATE_CLOSED && s != STATE_LISTEN &&
	    s != STATE_TIME_WAIT)
		put_arrow(f, state_info(STATE_CLOSED)->name, &reset);
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

void explain_state(struct buffer *out, enum state s,
		   const char *(*sysctl)(void *ctx, const char *name), void *ctx,
		   unsigned int width)
{
	const struct state_info *info = state_info(s);
	struct flow f = { .out = out, .width = width < WIDTH_MIN ? WIDTH_MIN : width };

	flow_put(&f, info->name, strlen(info->name));
	flow_newline(&f);
	put_definition(&f, info);
	flow_newline(&f);
	put_paragraph(&f, "What it is", info->plain);
	put_paragraph(&f, "Who acts next", info->acts);
	put_paragraph(&f, "What ends it", info->bound);
	put_sysctls(&f, info, sysctl, ctx);
	put_paragraph(&f, "When many", info->pileup);
	put_paragraph(&f, "What to do", info->remedy);
	flow_newline(&f);
	put_arrows(&f, "Comes from", s, true);
	put_arrows(&f, "Goes to", s, false);
	put_abort(&f, s);
	put_names(&f, info);
}

/* A test follows every line of it and compares with state_arrows(). */
static const char *const diagram[] = {
	"                           ╭──────────────╮  active OPEN / snd SYN",
	"                           │    CLOSED    ├──────────────────────────────╮",
	"                           │              │◄───────────────────╮         │",
	"                           ╰──┬────────▲──╯                    │         │",
	"                 passive OPEN │        │ CLOSE                 │         │",
	"                           ╭──▼────────┴──╮              CLOSE │         │",
	"                           │    LISTEN    │                    │         │",
	"                           ╰──┬────────┬──╯                    │         │",
	"        rcv SYN / snd SYN,ACK │        │ SEND / snd SYN        │         │",
	"╭──────────────╮              │        │                    ╭──┴─────────▼─╮",
	"│              │◄─────────────╯        ╰───────────────────►│              │",
	"│              │           rcv SYN / snd ACK                │              │",
	"│ SYN-RECEIVED │◄───────────────────────────────────────────┤   SYN-SENT   │",
	"│              │                                            │              │",
	"│              ├──────────────╮        ╭────────────────────┤              │",
	"╰─┬────────────╯              │        │                    ╰──────────────╯",
	"  │            rcv ACK of SYN │        │ rcv SYN,ACK / snd ACK",
	"  │ CLOSE / snd FIN        ╭──▼────────▼──╮",
	"  │                        │ ESTABLISHED  │",
	"  │                        ╰──┬────────┬──╯",
	"  │           CLOSE / snd FIN │        │ rcv FIN / snd ACK",
	"╭─▼────────────╮              │        │                    ╭──────────────╮",
	"│  FIN-WAIT-1  │◄─────────────╯        ╰───────────────────►│  CLOSE-WAIT  │",
	"│              ├──────────────╮                             │              │",
	"╰─┬────────────╯              │                             ╰─┬────────────╯",
	"  │ rcv ACK of FIN            │ rcv FIN / snd ACK             │ CLOSE / snd FIN",
	"╭─▼────────────╮           ╭──▼───────────╮                 ╭─▼────────────╮",
	"│  FIN-WAIT-2  │           │   CLOSING    │                 │   LAST-ACK   │",
	"╰─┬────────────╯           ╰──┬───────────╯                 ╰─┬────────────╯",
	"  │ rcv FIN / snd ACK         │ rcv ACK of FIN                │ rcv ACK of FIN",
	"  │                        ╭──▼───────────╮ timeout = 2 MSL ╭─▼────────────╮",
	"  ╰───────────────────────►│  TIME-WAIT   ├────────────────►│    CLOSED    │",
	"                           ╰──────────────╯                 ╰──────────────╯",
};

/* Signs of the diagram in ASCII; corners and branches that are not listed are '+'. */
static char ascii_of(const char *sign)
{
	static const struct {
		const char *sign;
		char ascii;
	} signs[] = {
		{ "─", '-' }, { "│", '|' }, { "▼", 'v' }, { "▲", '^' }, { "◄", '<' }, { "►", '>' },
	};

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (!strncmp(sign, signs[i].sign, strlen(signs[i].sign)))
			return signs[i].ascii;
	return '+';
}

/* Every sign of the diagram beyond ASCII is three bytes of UTF-8. */
static void put_ascii(struct buffer *out, const char *line)
{
	while (*line) {
		bool plain = (unsigned char)*line < 0x80;

		buffer_putc(out, plain ? *line : ascii_of(line));
		line += plain ? 1 : 3;
	}
}

void explain_diagram(struct buffer *out, bool utf8)
{
	for (size_t i = 0; i < sizeof(diagram) / sizeof(diagram[0]); i++) {
		if (utf8)
			buffer_puts(out, diagram[i]);
		else
			put_ascii(out, diagram[i]);
		buffer_putc(out, '\n');
	}
	buffer_puts(out, "\n"
			 "RFC 793, figure 6: what happens / what is sent. "
			 "A reset or a timeout can\n"
			 "close a connection in any state. "
			 "On Linux a listener stays in LISTEN: the\n"
			 "connection that a SYN asks for gets a socket of its own "
			 "in SYN-RECEIVED.\n");
}
