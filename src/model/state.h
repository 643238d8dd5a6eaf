/*
 * The states of a connection and their names in every dialect.
 *
 * The rows are in states.def, the dialects in dialects.def; this header gives
 * the enums, the open records and the look-ups.  Nothing else in the tree names
 * a state in text.  Canonical names are RFC 793's, section 3.2 (RFC 9293,
 * section 3.3.2); the figure 6 transitions are in state.c.
 */
#ifndef MODEL_STATE_H
#define MODEL_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

/* In the order of a connection's life, which is the order of every listing. */
enum state {
#define STATE(symbol, ...) STATE_##symbol,
#include "model/states.def"
#undef STATE
	STATE_COUNT
};

enum dialect {
#define DIALECT(symbol, name, help) DIALECT_##symbol,
#include "model/dialects.def"
#undef DIALECT
	DIALECT_COUNT
};

/* A set of states: bit (1u << enum state). */
typedef uint32_t state_set;

#define STATE_BIT(s) ((state_set)1 << (s))

/* What a state means for the eye: colours and grouping follow the class. */
enum state_class {
	CLASS_LISTENING,
	CLASS_OPENING,
	CLASS_OPEN,
	CLASS_CLOSING,
	CLASS_CLOSED,
};

/* Which part of the world has the state. */
enum state_scope {
	SCOPE_TCP,	/* one of RFC 793's, reported by Linux for TCP */
	SCOPE_LINUX,	/* no RFC name, reported by Linux (BOUND, UNCONNECTED) */
	SCOPE_SCTP,	/* an SCTP association's (RFC 9260, section 4) */
	SCOPE_ELSEWHERE /* other systems only; explained, never counted (IDLE, DELETE-TCB) */
};

/* Kernel number of a state that the kernel has no number for. */
#define STATE_NO_KERNEL 255

struct state_info {
	enum state state;
	const char *name;    /* canonical: "CLOSE-WAIT" */
	const char *symbol;  /* for machine formats, lower case: "close_wait"; stable for ever */
	uint8_t kernel;	     /* include/net/tcp_states.h (or SCTP's own), or STATE_NO_KERNEL */
	enum state_class class;
	enum state_scope scope;
	const char *names[DIALECT_COUNT]; /* NULL: the dialect has no name for it */
	const char *aliases; /* further spellings accepted on input, separated by blanks */
	/* RFC 793's definition, to be quoted after "represents"; NULL if none */
	const char *rfc;
	const char *plain;   /* in plain words: what is going on */
	const char *acts;    /* who has to act next */
	const char *bound;   /* what ends it by itself, if anything */
	/* names like "net.ipv4.tcp_fin_timeout", separated by blanks, or NULL */
	const char *sysctls;
	const char *pileup;  /* what it means when there are many */
	const char *remedy;  /* what to do then */
};

struct dialect_info {
	enum dialect dialect;
	const char *name; /* for --names */
	const char *help;
};

/* One arrow of RFC 793, figure 6. */
struct state_arrow {
	enum state from;
	enum state to;
	const char *event;  /* "rcv FIN" */
	const char *action; /* "snd ACK", or "" */
};

/* Borrowed, valid for ever; @s must be below STATE_COUNT. */
const struct state_info *state_info(enum state s);
const struct dialect_info *dialect_info(enum dialect d);

/* The arrows of figure 6, in the figure's order; @count receives how many. */
const struct state_arrow *state_arrows(size_t *count);

/*
 * What the state @s is called in dialect @d; the canonical name where the
 * dialect has none.  Borrowed, valid for ever.
 */
const char *state_name(enum state s, enum dialect d);

/* Append @text; names of states in it, written as RFC 793 does, as dialect @d has them. */
void state_retell(struct buffer *out, const char *text, enum dialect d);

/*
 * The TCP state of a kernel number (1 to 13), or STATE_COUNT for any other.  7 gives CLOSED:
 * whether it stands for BOUND or UNCONNECTED depends on what was asked for.
 */
enum state state_of_kernel(unsigned int number);

/*
 * The states that @word (of @len bytes) may mean in any dialect: any case, with blanks, '-',
 * '_' or nothing between its parts, a number as in /proc/net/tcp ("0A") or as in
 * the kernel ("10").  A word that several states share gives all of them.  0 when
 * no state has that name.
 */
state_set state_parse(const char *word, size_t len);

/* The dialect called @name (any case), or DIALECT_COUNT. */
enum dialect dialect_find(const char *name);

/*
 * The names nearest to @word (of @len bytes) as "A, B or C" into @out (@size bytes), at most
 * three, best first.  Returns how many; 0 leaves @out empty.
 */
size_t state_suggest(const char *word, size_t len, char *out, size_t size);

/* All states with scope SCOPE_TCP; with SCOPE_TCP and SCOPE_LINUX. */
state_set states_tcp(void);
state_set states_linux(void);

#endif
