/* The diagram of states, as a drawing and as a list: see explain.h. */
#include "config.h"

#include "app/explain.h"

#include <string.h>

#include "app/flow.h"

#define WIDTH_MIN 40
#define INDENT 2
#define EVENT_INDENT 21 /* behind the longest name and "to" */
#define NAMES_INDENT 18
/* The width of the drawing, and of a name's place in a box. */
#define DIAGRAM_WIDTH 79
#define BOX_WIDTH 14

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
#define SIGN_BYTES 3

static bool is_sign(char c)
{
	return (unsigned char)c >= 0x80;
}

static const char *put_sign(struct buffer *out, const char *sign, bool utf8)
{
	if (utf8)
		buffer_put(out, sign, SIGN_BYTES);
	else
		buffer_putc(out, ascii_of(sign));
	return sign + SIGN_BYTES;
}

/* The state whose name fills the @len bytes at @text with blanks around it, or STATE_COUNT. */
static enum state state_in_box(const char *text, size_t len)
{
	size_t before = strspn(text, " ");
	enum state s = 0;

	if (len != BOX_WIDTH || before >= len)
		return STATE_COUNT;
	while (len && text[len - 1] == ' ')
		len--;
	while (s < STATE_COUNT && (strlen(state_info(s)->name) != len - before ||
				   strncmp(state_info(s)->name, text + before, len - before)))
		s++;
	return s;
}

/* The name in the middle of its box; the longest are cut, and show it. */
static void put_in_box(struct buffer *out, const char *name, bool utf8)
{
	size_t len = strlen(name);
	size_t before = len < BOX_WIDTH ? (BOX_WIDTH - len) / 2 : 0;

	if (len > BOX_WIDTH) {
		buffer_put(out, name, BOX_WIDTH - 1);
		buffer_puts(out, utf8 ? "…" : "~");
		return;
	}
	buffer_fill(out, ' ', before);
	buffer_put(out, name, len);
	buffer_fill(out, ' ', BOX_WIDTH - before - len);
}

static void put_line(struct buffer *out, const char *line, const struct explaining *how)
{
	while (*line) {
		size_t len = 0;
		enum state s;

		if (is_sign(*line)) {
			line = put_sign(out, line, how->utf8);
			continue;
		}
		while (line[len] && !is_sign(line[len]))
			len++;
		s = state_in_box(line, len);
		if (s == STATE_COUNT)
			buffer_put(out, line, len);
		else
			put_in_box(out, state_name(s, how->names), how->utf8);
		line += len;
	}
	buffer_putc(out, '\n');
}

/* The arrows that leave @s, under its name. */
static void put_departures(struct flow *f, enum state s, enum dialect names)
{
	size_t count;
	const struct state_arrow *arrows = state_arrows(&count);

	flow_text(f, 0, state_name(s, names));
	flow_newline(f);
	for (size_t i = 0; i < count; i++) {
		if (arrows[i].from != s)
			continue;
		flow_to(f, INDENT);
		flow_text(f, INDENT, "to");
		flow_text(f, INDENT, state_name(arrows[i].to, names));
		flow_to(f, EVENT_INDENT);
		flow_text(f, EVENT_INDENT, arrows[i].event);
		if (*arrows[i].action) {
			flow_text(f, EVENT_INDENT, "/");
			flow_text(f, EVENT_INDENT, arrows[i].action);
		}
		flow_newline(f);
	}
}

/* The same as the drawing, in the order in which it has the states. */
static void put_list(struct flow *f, enum dialect names)
{
	size_t count;
	const struct state_arrow *arrows = state_arrows(&count);

	for (size_t i = 0; i < count; i++)
		if (!i || arrows[i].from != arrows[i - 1].from)
			put_departures(f, arrows[i].from, names);
}

static void put_caption(struct flow *f, enum dialect names)
{
	static const char caption[] =
		"RFC 793, figure 6: what happens / what is sent. A reset or a timeout can close a "
		"connection in any state. On Linux a listener stays in LISTEN: the connection "
		"that a SYN asks for gets a socket of its own in SYN-RECEIVED.";

	flow_newline(f);
	flow_retold(f, 0, caption, names);
	flow_newline(f);
}

/* The states that the figure lacks, by where they are met. */
static void put_others(struct flow *f, enum dialect names)
{
	static const char *const headings[] = {
		[SCOPE_LINUX] = "Linux",
		[SCOPE_SCTP] = "SCTP",
		[SCOPE_ELSEWHERE] = "Other systems",
	};

	flow_newline(f);
	flow_text(f, 0,
		  "States that are not in the figure ('connstate explain STATE' tells more):");
	flow_newline(f);
	for (size_t scope = SCOPE_LINUX; scope <= SCOPE_ELSEWHERE; scope++) {
		flow_to(f, INDENT);
		flow_put(f, headings[scope], strlen(headings[scope]));
		flow_to(f, NAMES_INDENT);
		for (size_t s = 0; s < STATE_COUNT; s++)
			if (state_info((enum state)s)->scope == scope)
				flow_text(f, NAMES_INDENT, state_name((enum state)s, names));
		flow_newline(f);
	}
}

void explain_diagram(struct buffer *out, const struct explaining *how)
{
	struct flow f = { .out = out, .width = how->width < WIDTH_MIN ? WIDTH_MIN : how->width };

	if (f.width < DIAGRAM_WIDTH)
		put_list(&f, how->names);
	else
		for (size_t i = 0; i < sizeof(diagram) / sizeof(diagram[0]); i++)
			put_line(out, diagram[i], how);
	put_caption(&f, how->names);
	put_others(&f, how->names);
}
