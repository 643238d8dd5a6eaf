/*
 * Hosts and networks: [FAMILY:]ADDRESS[/BITS][:PORT], as ss writes them.
 *
 * "*" or nothing stands for any address and any port.  IPv6 addresses need brackets
 * where a port follows.  An IPv4 network may be cut short: 10/8, 193.233.7/24.
 */
#include "config.h"

#include <arpa/inet.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "query/filter_ast.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* The longest host name; RFC 1035 has 255. */
#define HOST_NAME_MAX_LEN 255

/* A host under way from text to predicate. */
struct host {
	struct parser *p;
	const struct token *token;
	enum addr_family family; /* ADDR_NONE: any */
	const char *address;
	size_t address_len;
	const char *bits; /* after the slash, or NULL */
	size_t bits_len;
	const char *port; /* after the colon, or NULL */
};

static int fail_host(const struct host *h, const char *why)
{
	return parse_fail(h->p, h->token, "'%.60s' is no address%s%s", h->token->text,
			  why ? ": " : "", why ? why : "");
}

static const struct host_family {
	const char *prefix;
	enum addr_family ip;
	uint16_t family; /* where it is not IP */
} families[] = {
	{ "inet:", ADDR_V4, 0 },
	{ "inet6:", ADDR_V6, 0 },
	{ "unix:", ADDR_NONE, AF_UNIX },
	{ "link:", ADDR_NONE, AF_PACKET },
	{ "packet:", ADDR_NONE, AF_PACKET },
	{ "netlink:", ADDR_NONE, AF_NETLINK },
	{ "vsock:", ADDR_NONE, AF_VSOCK },
	{ "tipc:", ADDR_NONE, AF_TIPC },
	{ "xdp:", ADDR_NONE, AF_XDP },
};

static const struct host_family *family_find(const char *text)
{
	for (size_t i = 0; i < COUNT_OF(families); i++)
		if (strncasecmp(text, families[i].prefix, strlen(families[i].prefix)) == 0)
			return &families[i];
	return NULL;
}

/* A socket of another family than IP: a pattern for its name. */
static int read_name(struct host *h, struct pred *pred, uint16_t family, const char *pattern)
{
	if (pred->side == SIDE_PEER)
		return parse_fail(h->p, h->token,
				  "only local names are known outside of IP: use src");
	pred->kind = PRED_NAME;
	pred->glob.pattern = pattern;
	pred->glob.protos = 0;
	for (enum proto i = 0; i < PROTO_COUNT; i++)
		if (proto_info(i)->family == family)
			pred->glob.protos |= PROTO_BIT(i);
	return 0;
}

static size_t count_char(const char *text, char c)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == c;
	return count;
}

/* "[ADDRESS]/BITS:PORT" and "[ADDRESS/BITS]:PORT". */
static int split_bracket(struct host *h, const char *text)
{
	const char *close = strchr(text, ']');
	const char *slash;

	if (!close)
		return fail_host(h, "']' is missing");
	slash = memchr(text, '/', (size_t)(close - text));
	h->address = text + 1;
	h->address_len = (size_t)((slash ? slash : close) - h->address);
	if (slash) {
		h->bits = slash + 1;
		h->bits_len = (size_t)(close - h->bits);
	}
	close++;
	if (*close == '/' && !slash) {
		h->bits = close + 1;
		h->bits_len = strcspn(h->bits, ":");
		close = h->bits + h->bits_len;
	}
	if (*close && *close != ':')
		return fail_host(h, "expected ':' and a port after ']'");
	h->port = *close ? close + 1 : NULL;
	return 0;
}

/* Where address, prefix length and port are. */
static int split(struct host *h, const char *text)
{
	bool bare_v6 = count_char(text, ':') > 1 && text[0] != '*';
	const char *colon = bare_v6 ? NULL : strchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : strlen(text);
	const char *slash = memchr(text, '/', len);

	if (text[0] == '[')
		return split_bracket(h, text);
	h->address = text;
	h->address_len = slash ? (size_t)(slash - text) : len;
	if (slash) {
		h->bits = slash + 1;
		h->bits_len = (size_t)(text + len - h->bits);
	}
	h->port = colon ? colon + 1 : NULL;
	return 0;
}

/* "10", "193.233.7" or all four numbers; how many there were, 0 if it is none. */
static unsigned int read_v4(const char *text, size_t len, struct endpoint *out)
{
	const char *end = text + len;
	unsigned int parts = 0;

	*out = (struct endpoint){ .family = ADDR_V4 };
	while (parts < 4) {
		const char *dot = memchr(text, '.', (size_t)(end - text));
		const char *stop = dot ? dot : end;
		uint64_t n;

		if (!digits_parse(text, (size_t)(stop - text), 255, &n))
			return 0;
		out->bytes[parts++] = (uint8_t)n;
		if (!dot)
			return parts;
		text = dot + 1;
	}
	return 0;
}

static bool read_v6(const char *text, size_t len, struct endpoint *out)
{
	char copy[INET6_ADDRSTRLEN];

	*out = (struct endpoint){ .family = ADDR_V6 };
	if (len >= sizeof(copy) || !memchr(text, ':', len))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return inet_pton(AF_INET6, copy, out->bytes) == 1;
}

static int add(struct host *h, struct pred *pred, const struct endpoint *net, unsigned int bits,
	       uint32_t port)
{
	if (addr_set_add(&pred->hosts, h->p->arena, net, bits, port))
		return parse_no_memory(h->p);
	return 0;
}

static int add_resolved(struct host *h, struct pred *pred, uint32_t port)
{
	const struct filter_options *o = h->p->options;
	struct endpoint found[FILTER_HOST_ADDRESSES_MAX];
	char name[HOST_NAME_MAX_LEN + 1];
	size_t count;
	size_t used = 0;

	if (h->bits)
		return fail_host(h, "only a numeric address can have a prefix length");
	if (h->address_len > HOST_NAME_MAX_LEN)
		return fail_host(h, "it is too long");
	memcpy(name, h->address, h->address_len);
	name[h->address_len] = '\0';
	count = o->host ? o->host(o->context, name, found, COUNT_OF(found)) : 0;
	for (size_t i = 0; i < count; i++) {
		if (h->family && found[i].family != h->family)
			continue;
		used++;
		if (add(h, pred, &found[i], found[i].family == ADDR_V4 ? 32 : 128, port))
			return -1;
	}
	return used ? 0 : fail_host(h, "no host of that name is known");
}

/* What @h says without an address: a port, a family, both, or nothing at all. */
static int add_any(struct host *h, struct pred *pred, uint32_t port)
{
	static const struct endpoint any[] = { { .family = ADDR_V4 }, { .family = ADDR_V6 } };

	if (h->bits)
		return fail_host(h, "'*' has no prefix length");
	if (!h->family && port != ADDR_RANGE_ANY_PORT) {
		pred->kind = PRED_PORT;
		return range_set_add(&pred->numbers, h->p->arena, port, port) ?
			       parse_no_memory(h->p) :
			       0;
	}
	for (size_t i = 0; i < COUNT_OF(any); i++)
		if ((!h->family || h->family == any[i].family) &&
		    add(h, pred, &any[i], 0, port))
			return -1;
	return 0;
}

static int read_port(struct host *h, uint32_t *port)
{
	const struct filter_options *o = h->p->options;
	uint64_t n;
	uint16_t service;

	*port = ADDR_RANGE_ANY_PORT;
	if (!h->port || !*h->port || strcmp(h->port, "*") == 0)
		return 0;
	if (digits_parse(h->port, strlen(h->port), UINT16_MAX, &n)) {
		*port = (uint32_t)n;
		return 0;
	}
	if (!o->service || o->service(o->context, h->port, &service))
		return parse_fail(h->p, h->token, "'%.40s' is no port and no known service",
				  h->port);
	*port = service;
	return 0;
}

/* A numeric address, into @net and the greatest prefix length it allows; 1 if it is none. */
static int read_address(struct host *h, struct endpoint *net, unsigned int *max)
{
	unsigned int parts = read_v4(h->address, h->address_len, net);

	*max = parts ? 32 : 128;
	if (!parts && !read_v6(h->address, h->address_len, net))
		return 1;
	if (h->family && h->family != net->family)
		return fail_host(h, "it is of the other family");
	if (parts && parts < 4 && !h->bits)
		return fail_host(h, parts == 1 ? "for a port write sport or dport" :
						 "a network needs a prefix length, like 10.1/16");
	return 0;
}

static int read_host(struct host *h, struct pred *pred)
{
	struct endpoint net;
	unsigned int max;
	uint64_t bits;
	uint32_t port;
	int status;

	if (read_port(h, &port))
		return -1;
	if (!h->address_len || (h->address_len == 1 && *h->address == '*'))
		return add_any(h, pred, port);
	status = read_address(h, &net, &max);
	if (status)
		return status < 0 ? -1 : add_resolved(h, pred, port);
	bits = max;
	if (h->bits && !digits_parse(h->bits, h->bits_len, max, &bits))
		return fail_host(h, "the prefix length is no number, or too large");
	return add(h, pred, &net, (unsigned int)bits, port);
}

static int value_host(struct parser *p, const struct subject *s, struct pred *pred,
		      enum token_kind op, const struct token *token)
{
	struct host h = { .p = p, .token = token };
	const struct host_family *f = family_find(token->text);
	const char *text = token->text + (f ? strlen(f->prefix) : 0);

	(void)s;
	(void)op;
	if (strlen(token->text) != token->len)
		return fail_host(&h, NULL);
	if (f && f->family)
		return read_name(&h, pred, f->family, text);
	if (!f && (text[0] == '/' || text[0] == '@'))
		return read_name(&h, pred, AF_UNIX, text);
	if (f)
		h.family = f->ip;
	return split(&h, text) || read_host(&h, pred) ? -1 : 0;
}

/* The same for a column that is neither end of the socket by its name. */
static int value_address(struct parser *p, const struct subject *s, struct pred *pred,
			 enum token_kind op, const struct token *token)
{
	if (value_host(p, s, pred, op, token))
		return -1;
	if (pred->kind != PRED_ADDRESS)
		return parse_fail(p, token, "'%.60s' is no IP address", token->text);
	return 0;
}

#define OPS_HOST (1u << TOKEN_EQ | 1u << TOKEN_NE | 1u << TOKEN_IN)

const struct subject_class filter_class_host = {
	.kind = PRED_HOST, .ops = OPS_HOST, .operator_optional = true,
	.expects = "an address, a network like 10.0.0.0/8, or *:PORT", .value = value_host,
};

const struct subject_class filter_class_address = {
	.kind = PRED_ADDRESS, .ops = OPS_HOST,
	.expects = "an address or a network like 10.0.0.0/8", .value = value_address,
};
