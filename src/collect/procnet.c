/* Files of sockets below /proc/net: see procnet.h. */
#include "config.h"

#include "collect/procnet.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "collect/inet_diag.h"
#include "collect/procnet_other.h"
#include "collect/scan.h"

/* Timers are told in hundredths of a second (USER_HZ), on every architecture that matters. */
#define CLOCK_TICK_MS 10

/* Addresses are words of the host's byte order that hold network order bytes. */
static bool scan_end(struct cursor *c, unsigned int family, struct endpoint *e)
{
	unsigned int words = family == FAMILY_V6 ? 4 : 1;
	uint64_t n;

	for (unsigned int i = 0; i < words; i++) {
		uint32_t word;

		if (!scan_hex(c, 8, &n))
			return false;
		word = (uint32_t)n;
		memcpy(e->bytes + 4 * i, &word, 4);
	}
	if (!scan_char(c, ':') || !scan_hex(c, 4, &n))
		return false;
	e->port = (uint16_t)n;
	e->family = family == FAMILY_V6 ? ADDR_V6 : ADDR_V4;
	return scan_blanks(c);
}

/* The numbers after the two ends, in the order of the file. */
struct numbers {
	uint64_t state;
	uint64_t send_queue;
	uint64_t recv_queue;
	uint64_t timer;
	uint64_t timer_ticks;
	uint64_t retransmits;
	uint64_t uid;
	uint64_t inode;
};

static bool scan_numbers(struct cursor *c, struct numbers *n)
{
	uint64_t timeout;

	return scan_hex(c, 2, &n->state) && scan_blanks(c) &&
	       scan_hex(c, 8, &n->send_queue) && scan_char(c, ':') &&
	       scan_hex(c, 8, &n->recv_queue) && scan_blanks(c) &&
	       scan_hex(c, 2, &n->timer) && scan_char(c, ':') &&
	       scan_number(c, 16, 16, &n->timer_ticks) && scan_blanks(c) &&
	       scan_hex(c, 8, &n->retransmits) && scan_blanks(c) &&
	       scan_decimal(c, &n->uid) && scan_blanks(c) &&
	       scan_decimal(c, &timeout) && scan_blanks(c) &&
	       scan_decimal(c, &n->inode);
}

static enum sock_kind kind_of(enum proto proto, const struct numbers *n, enum state state)
{
	if (proto != PROTO_TCP)
		return SOCK_FULL;
	if (n->timer == TIMER_TIMEWAIT || state == STATE_TIME_WAIT)
		return SOCK_MINI;
	return state == STATE_SYN_RECEIVED && !n->inode ? SOCK_REQUEST : SOCK_FULL;
}

static void take_timer(struct sock *sk, const struct numbers *n)
{
	sk->timer = n->timer < TIMER_OTHER ? (uint8_t)n->timer : TIMER_OTHER;
	sk->timer_ms = n->timer_ticks < UINT32_MAX / CLOCK_TICK_MS ?
			       (uint32_t)n->timer_ticks * CLOCK_TICK_MS :
			       UINT32_MAX;
	sk->retransmits = n->retransmits < UINT8_MAX ? (uint8_t)n->retransmits : UINT8_MAX;
	sk->has |= SOCK_HAS_TIMER;
}

static void take_numbers(struct sock *sk, const struct numbers *n)
{
	sk->recv_queue = (uint32_t)n->recv_queue;
	sk->send_queue = (uint32_t)n->send_queue;
	sk->has |= SOCK_HAS_QUEUES;
	if (sk->state == STATE_LISTEN)
		sk->has |= SOCK_NO_BACKLOG;
	if (sk->proto == PROTO_TCP)
		take_timer(sk, n);
	if (sk->kind == SOCK_FULL && n->inode) {
		sk->inode = n->inode;
		sk->uid = (uint32_t)n->uid;
		sk->has |= SOCK_HAS_INODE | SOCK_HAS_UID;
	}
}

static bool ip_parse(const struct dump_spec *spec, const char *line, size_t len,
		     struct sock_record *record)
{
	struct cursor c = { line, line + len };
	struct sock *sk = &record->sock;
	struct numbers numbers;
	enum state state;
	uint64_t slot;

	*sk = (struct sock){ .proto = (uint8_t)spec->proto };
	scan_blanks(&c);
	if (!scan_decimal(&c, &slot) || !scan_char(&c, ':') || !scan_blanks(&c) ||
	    !scan_end(&c, spec->family, &sk->local) || !scan_end(&c, spec->family, &sk->peer) ||
	    !scan_numbers(&c, &numbers))
		return false;
	state = inet_diag_state(spec->proto, (unsigned int)numbers.state);
	if (state >= STATE_COUNT)
		return false;
	sk->state = (uint8_t)state;
	sk->kind = (uint8_t)kind_of(spec->proto, &numbers, state);
	take_numbers(sk, &numbers);
	return true;
}

/* The file of each protocol; those that have none are not here. */
static const struct {
	const char *heading; /* its first word: the others differ from kernel to kernel */
	bool (*parse)(const struct dump_spec *spec, const char *line, size_t len,
		      struct sock_record *record);
	state_set untold; /* the kernel has sockets in these and leaves them out */
} files[PROTO_COUNT] = {
	[PROTO_TCP] = { "sl", ip_parse, STATE_BIT(STATE_BOUND) },
	[PROTO_UDP] = { "sl", ip_parse, 0 },
	[PROTO_UDPLITE] = { "sl", ip_parse, 0 },
	[PROTO_RAW] = { "sl", ip_parse, 0 },
	[PROTO_UNIX] = { "Num", procnet_parse_unix, 0 },
	[PROTO_PACKET] = { "sk", procnet_parse_packet, 0 },
	[PROTO_NETLINK] = { "sk", procnet_parse_netlink, 0 },
};

bool procnet_tells_of(enum proto proto)
{
	return files[proto].parse;
}

state_set procnet_untold(enum proto proto)
{
	return files[proto].untold;
}

bool procnet_parse(const struct dump_spec *spec, const char *line, size_t len,
		   struct sock_record *record)
{
	return files[spec->proto].parse(spec, line, len, record);
}

int procnet_open_file(struct procnet *p, const struct dump_spec *spec, const char *path,
		      struct error *err)
{
	procnet_close(p);
	p->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (p->fd < 0)
		return error_set(err, errno, "cannot open '%s'", path);
	p->opened = true;
	p->headed = false;
	p->skipping = false;
	p->used = 0;
	p->parsed = 0;
	p->garbled = 0;
	p->spec = *spec;
	snprintf(p->path, sizeof(p->path), "%s", path);
	return 0;
}

int procnet_open(struct procnet *p, const struct dump_spec *spec, const char *proc_root,
		 struct error *err)
{
	char path[PATH_MAX];

	if (!procnet_tells_of(spec->proto))
		return error_set(err, ENOENT, "/proc/net does not tell of %s sockets",
				 proto_info(spec->proto)->name);
	snprintf(path, sizeof(path), "%s/net/%s%s", proc_root ? proc_root : "/proc",
		 proto_info(spec->proto)->name, spec->family == FAMILY_V6 ? "6" : "");
	return procnet_open_file(p, spec, path, err);
}

void procnet_close(struct procnet *p)
{
	if (p->opened)
		close(p->fd);
	p->opened = false;
}

static enum procnet_status no_table(const struct procnet *p, struct error *err)
{
	const char *name = proto_info(p->spec.proto)->name;

	error_set(err, 0, "'%s' is no table of sockets like /proc/net/%s%s", p->path, name,
		  p->spec.family == FAMILY_V6 ? "6" : "");
	return PROCNET_FAILED;
}

static bool is_heading(const struct procnet *p, const char *line, size_t len)
{
	struct cursor c = { line, line + len };
	const char *word = files[p->spec.proto].heading;
	size_t word_len = strlen(word);

	scan_blanks(&c);
	return (size_t)(c.end - c.at) > word_len && !memcmp(c.at, word, word_len) &&
	       c.at[word_len] == ' ';
}

static enum procnet_status line_take(struct procnet *p, const char *line, size_t len,
				     int (*take)(void *context, const struct sock *sk),
				     void *context, struct error *err)
{
	struct sock_record record;

	if (p->skipping) {
		p->skipping = false;
		return PROCNET_MORE;
	}
	if (!p->headed) {
		p->headed = is_heading(p, line, len);
		return p->headed ? PROCNET_MORE : no_table(p, err);
	}
	if (!procnet_parse(&p->spec, line, len, &record)) {
		p->garbled++;
		return PROCNET_MORE;
	}
	p->parsed++;
	return take(context, &record.sock) ? PROCNET_STOPPED : PROCNET_MORE;
}

/* A line that does not fit makes no sense: forget what is there of it. */
static enum procnet_status overflow_drop(struct procnet *p, struct error *err)
{
	if (p->used < sizeof(p->buffer))
		return PROCNET_MORE;
	if (!p->headed)
		return no_table(p, err);
	if (!p->skipping)
		p->garbled++;
	p->skipping = true;
	p->used = 0;
	return PROCNET_MORE;
}

static enum procnet_status lines_take(struct procnet *p,
				      int (*take)(void *context, const struct sock *sk),
				      void *context, struct error *err)
{
	const char *line = p->buffer;
	const char *end = p->buffer + p->used;
	const char *newline;

	while ((newline = memchr(line, '\n', (size_t)(end - line)))) {
		enum procnet_status status =
			line_take(p, line, (size_t)(newline - line), take, context, err);

		if (status != PROCNET_MORE)
			return status;
		line = newline + 1;
	}
	p->used = (size_t)(end - line);
	memmove(p->buffer, line, p->used);
	return overflow_drop(p, err);
}

/* Nothing at all is a table of nothing, as in /dev/null. */
static enum procnet_status end_of(struct procnet *p, struct error *err)
{
	/* A last line without its end was cut off. */
	if (p->used && !p->skipping)
		p->garbled++;
	p->used = 0;
	return p->garbled && !p->parsed ? no_table(p, err) : PROCNET_END;
}

enum procnet_status procnet_step(struct procnet *p,
				 int (*take)(void *context, const struct sock *sk), void *context,
				 struct error *err)
{
	ssize_t n;

	do
		n = read(p->fd, p->buffer + p->used, sizeof(p->buffer) - p->used);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		error_set(err, errno, "cannot read the sockets in '%s'", p->path);
		return PROCNET_FAILED;
	}
	if (n == 0)
		return end_of(p, err);
	p->used += (size_t)n;
	return lines_take(p, take, context, err);
}
