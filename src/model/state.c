/* The states and their names: see state.h; the rows are in states.def. */
#include "config.h"

#include "model/state.h"

#include <string.h>

#include "base/text.h"

static const struct state_info states[] = {
#define STATE(symbol_, ...) [STATE_##symbol_] = { .state = STATE_##symbol_, __VA_ARGS__ },
#include "model/states.def"
#undef STATE
};

static const struct dialect_info dialects[] = {
#define DIALECT(symbol, name_, help_) \
	[DIALECT_##symbol] = { .dialect = DIALECT_##symbol, .name = name_, .help = help_ },
#include "model/dialects.def"
#undef DIALECT
};

static const struct state_arrow arrows[] = {
	{ STATE_CLOSED, STATE_LISTEN, "passive OPEN", "" },
	{ STATE_CLOSED, STATE_SYN_SENT, "active OPEN", "snd SYN" },
	{ STATE_LISTEN, STATE_CLOSED, "CLOSE", "" },
	{ STATE_LISTEN, STATE_SYN_RECEIVED, "rcv SYN", "snd SYN,ACK" },
	{ STATE_LISTEN, STATE_SYN_SENT, "SEND", "snd SYN" },
	{ STATE_SYN_SENT, STATE_CLOSED, "CLOSE", "" },
	{ STATE_SYN_SENT, STATE_SYN_RECEIVED, "rcv SYN", "snd ACK" },
	{ STATE_SYN_SENT, STATE_ESTABLISHED, "rcv SYN,ACK", "snd ACK" },
	{ STATE_SYN_RECEIVED, STATE_ESTABLISHED, "rcv ACK of SYN", "" },
	{ STATE_SYN_RECEIVED, STATE_FIN_WAIT_1, "CLOSE", "snd FIN" },
	{ STATE_ESTABLISHED, STATE_FIN_WAIT_1, "CLOSE", "snd FIN" },
	{ STATE_ESTABLISHED, STATE_CLOSE_WAIT, "rcv FIN", "snd ACK" },
	{ STATE_FIN_WAIT_1, STATE_FIN_WAIT_2, "rcv ACK of FIN", "" },
	{ STATE_FIN_WAIT_1, STATE_CLOSING, "rcv FIN", "snd ACK" },
	{ STATE_CLOSE_WAIT, STATE_LAST_ACK, "CLOSE", "snd FIN" },
	{ STATE_FIN_WAIT_2, STATE_TIME_WAIT, "rcv FIN", "snd ACK" },
	{ STATE_CLOSING, STATE_TIME_WAIT, "rcv ACK of FIN", "" },
	{ STATE_LAST_ACK, STATE_CLOSED, "rcv ACK of FIN", "" },
	{ STATE_TIME_WAIT, STATE_CLOSED, "timeout = 2 MSL", "" },
};

const struct state_info *state_info(enum state s)
{
	return &states[s];
}

const struct dialect_info *dialect_info(enum dialect d)
{
	return &dialects[d];
}

const struct state_arrow *state_arrows(size_t *count)
{
	*count = sizeof(arrows) / sizeof(arrows[0]);
	return arrows;
}

const char *state_name(enum state s, enum dialect d)
{
	return states[s].names[d] ? states[s].names[d] : states[s].name;
}

/* TCP_NEW_SYN_RECV: how the kernel keeps requests, which it reports as SYN-RECEIVED. */
#define KERNEL_NEW_SYN_RECV 12

/* All states with that kernel number. */
/* The state whose canonical name is just @word, or NULL. */
static const struct state_info *state_canonical(const char *word, size_t len)
{
	for (size_t s = 0; s < STATE_COUNT; s++)
		if (strlen(states[s].name) == len && !memcmp(states[s].name, word, len))
			return &states[s];
	return NULL;
}

/* A name is a word of capitals: "LISTEN", but neither "listen" nor "TCP_LISTEN". */
void state_retell(struct buffer *out, const char *text, enum dialect d)
{
	static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-";
	static const char others[] = "abcdefghijklmnopqrstuvwxyz_";
	bool inside = false;

	while (*text) {
		size_t len = strspn(text, capitals);
		const struct state_info *info = inside ? NULL : state_canonical(text, len);

		if (info)
			buffer_puts(out, state_name(info->state, d));
		else
			buffer_put(out, text, len);
		text += len;
		len = strcspn(text, capitals);
		buffer_put(out, text, len);
		inside = len && strchr(others, text[len - 1]);
		text += len;
	}
}

static state_set states_of_kernel(unsigned int number)
{
	state_set set = 0;

	if (number == KERNEL_NEW_SYN_RECV)
		return STATE_BIT(STATE_SYN_RECEIVED);
	for (enum state s = 0; s < STATE_COUNT; s++)
		if (states[s].kernel != STATE_NO_KERNEL && states[s].kernel == number)
			set |= STATE_BIT(s);
	return set;
}

enum state state_of_kernel(unsigned int number)
{
	state_set set = states_of_kernel(number);
	enum state s = 0;

	while (s < STATE_COUNT && !(set & STATE_BIT(s)))
		s++;
	return s;
}

static int digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 'a' - 'A';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/*
 * A number as in /proc/net/tcp ("0A", "0x0a") or as in the kernel ("10"), or 0, which no
 * state has.  A leading zero tells the two apart.
 */
static unsigned int number_parse(const char *word, size_t len)
{
	unsigned int base = len > 1 && word[0] == '0' ? 16 : 10;
	unsigned int number = 0;
	size_t start = len > 2 && base == 16 && (word[1] == 'x' || word[1] == 'X') ? 2 : 0;

	if (len - start > 2)
		return 0;
	for (size_t i = start; i < len; i++) {
		int value = digit_value(word[i]);

		if (value < 0 || (unsigned int)value >= base)
			return 0;
		number = number * base + (unsigned int)value;
	}
	return number;
}

/* True if @word is one of the names of the state, in any dialect. */
static bool state_is_called(const struct state_info *info, const char *word, size_t len)
{
	if (text_same(word, len, info->name) || text_in_list(word, len, info->aliases))
		return true;
	for (enum dialect d = 0; d < DIALECT_COUNT; d++)
		if (info->names[d] && text_same(word, len, info->names[d]))
			return true;
	return false;
}

state_set state_parse(const char *word, size_t len)
{
	state_set set = 0;

	for (enum state s = 0; s < STATE_COUNT; s++)
		if (state_is_called(&states[s], word, len))
			set |= STATE_BIT(s);
	return set ? set : states_of_kernel(number_parse(word, len));
}

enum dialect dialect_find(const char *name)
{
	enum dialect d = 0;

	while (d < DIALECT_COUNT && !text_same(name, strlen(name), dialects[d].name))
		d++;
	return d;
}

/*
 * Every spelling of the state competes; its canonical name is what is suggested.  Numbers and
 * the kernel's names stay out: all of those are near to one another ("TCP_").
 */
static void offer_state(struct text_nearest *n, const struct state_info *info, const char *word,
			size_t len)
{
	const char *aliases = info->aliases;
	const char *alias;
	size_t alias_len;

	text_nearest_offer(n, word, len, info->name, strlen(info->name), info->name);
	for (enum dialect d = 0; d < DIALECT_COUNT; d++)
		if (info->names[d] && d != DIALECT_PROC && d != DIALECT_LINUX)
			text_nearest_offer(n, word, len, info->names[d], strlen(info->names[d]),
					   info->name);
	while ((alias = text_next_word(&aliases, &alias_len)))
		if (strncmp(alias, "TCP_", 4))
			text_nearest_offer(n, word, len, alias, alias_len, info->name);
}

size_t state_suggest(const char *word, size_t len, char *out, size_t size)
{
	struct text_nearest n = { 0 };

	for (enum state s = 0; s < STATE_COUNT; s++)
		offer_state(&n, &states[s], word, len);
	return text_nearest_list(&n, out, size);
}

/* All states up to and including @scope. */
static state_set states_within(enum state_scope scope)
{
	state_set set = 0;

	for (enum state s = 0; s < STATE_COUNT; s++)
		if (states[s].scope <= scope)
			set |= STATE_BIT(s);
	return set;
}

state_set states_tcp(void)
{
	return states_within(SCOPE_TCP);
}

state_set states_linux(void)
{
	return states_within(SCOPE_LINUX);
}
