/* Which protocols and families of sockets are asked for: see families.h. */
#include "config.h"

#include "app/families.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "base/buffer.h"
#include "base/text.h"

#define TYPES_ALL UINT16_MAX

/* The words of -f. */
static const struct family {
	const char *name;
	unsigned int families;
	enum proto proto; /* without @families */
} families[] = {
	{ .name = "inet", .families = FAMILY_V4 },
	{ .name = "inet6", .families = FAMILY_V6 },
	{ .name = "link", .proto = PROTO_PACKET },
	{ .name = "unix", .proto = PROTO_UNIX },
	{ .name = "netlink", .proto = PROTO_NETLINK },
	{ .name = "vsock", .proto = PROTO_VSOCK },
	{ .name = "tipc", .proto = PROTO_TIPC },
	{ .name = "xdp", .proto = PROTO_XDP },
};

#define FAMILY_COUNT (sizeof(families) / sizeof(families[0]))

/* What a word of -A stands for. */
struct query {
	proto_set protos;
	uint16_t types; /* bits of enum sock_type */
	bool by_name;	/* it names one protocol */
};

static proto_set protos_of_ip(void)
{
	proto_set set = 0;

	for (enum proto p = 0; p < PROTO_COUNT; p++)
		if (proto_info(p)->family == AF_INET)
			set |= PROTO_BIT(p);
	return set;
}

/* The socket types of each protocol are the truth, o->protos says which are not empty. */
static void add(struct options *o, proto_set protos, uint16_t types)
{
	for (enum proto p = 0; p < PROTO_COUNT; p++)
		if (protos & PROTO_BIT(p))
			o->types[p] |= types;
	o->protos |= protos;
}

static void take_away(struct options *o, proto_set protos, uint16_t types)
{
	for (enum proto p = 0; p < PROTO_COUNT; p++) {
		if (!(protos & PROTO_BIT(p)))
			continue;
		o->types[p] &= (uint16_t)~types;
		if (!o->types[p]) {
			o->protos &= ~PROTO_BIT(p);
			o->protos_named &= ~PROTO_BIT(p);
		}
	}
}

void families_add(struct options *o, proto_set protos)
{
	add(o, protos, TYPES_ALL);
	o->protos_named |= protos;
}

int families_add_family(struct options *o, const char *word, struct error *err)
{
	const char *names[FAMILY_COUNT];
	char near[160];

	for (size_t i = 0; i < FAMILY_COUNT; i++) {
		names[i] = families[i].name;
		if (!text_same(word, strlen(word), names[i]))
			continue;
		o->families |= families[i].families;
		if (!families[i].families)
			families_add(o, PROTO_BIT(families[i].proto));
		return 0;
	}
	if (text_nearest(word, strlen(word), names, FAMILY_COUNT, near, sizeof(near)))
		return error_set(err, 0, "unknown family '%s': did you mean %s?", word, near);
	return error_set(err, 0, "unknown family '%s' (inet, inet6, link, unix, netlink, vsock, "
			 "tipc, xdp)", word);
}

static bool query_find(struct query *q, const char *word, size_t len)
{
	const struct proto_type *type = proto_type_find(word, len);
	enum proto p = proto_find(word, len);

	*q = (struct query){ .types = TYPES_ALL };
	if (p != PROTO_COUNT)
		*q = (struct query){ PROTO_BIT(p), TYPES_ALL, true };
	else if (type)
		*q = (struct query){ PROTO_BIT(type->proto), (uint16_t)(1u << type->type), true };
	else if (text_same(word, len, "inet"))
		q->protos = protos_of_ip();
	else if (text_same(word, len, "all"))
		q->protos = PROTO_BIT(PROTO_COUNT) - 1;
	return q->protos;
}

static int unknown_query(const char *word, size_t len, struct error *err)
{
	const char *names[PROTO_COUNT + 2];
	char near[160];

	for (enum proto p = 0; p < PROTO_COUNT; p++)
		names[p] = proto_info(p)->name;
	names[PROTO_COUNT] = "inet";
	names[PROTO_COUNT + 1] = "all";
	if (text_nearest(word, len, names, PROTO_COUNT + 2, near, sizeof(near)))
		return error_set(err, 0, "unknown protocol '%.*s': did you mean %s?", (int)len,
				 word, near);
	return error_set(err, 0, "unknown protocol '%.*s' (all, inet, or names like tcp, unix, "
			 "unix_stream)", (int)len, word);
}

static int add_word(struct options *o, const char *word, size_t len, struct error *err)
{
	bool without = len && *word == '!';
	struct query q;

	if (!query_find(&q, word + without, len - without))
		return unknown_query(word + without, len - without, err);
	if (without && !o->protos)
		add(o, PROTO_BIT(PROTO_COUNT) - 1, TYPES_ALL);
	if (without) {
		take_away(o, q.protos, q.types);
	} else {
		add(o, q.protos, q.types);
		o->protos_named |= q.by_name ? q.protos : 0;
	}
	return 0;
}

int families_add_list(struct options *o, const char *list, struct error *err)
{
	do {
		size_t len = strcspn(list, ",");

		if (add_word(o, list, len, err))
			return -1;
		list += len;
	} while (*list++ == ',');
	return o->protos ? 0 : error_set(err, 0, "no protocol is left");
}

void families_types(const struct options *o, uint16_t types[PROTO_COUNT])
{
	for (enum proto p = 0; p < PROTO_COUNT; p++)
		types[p] = o->types[p] == TYPES_ALL ? 0 : o->types[p];
}

static void name_loudly(char *out, size_t size, enum proto p)
{
	size_t len = 0;

	for (const char *s = proto_info(p)->name; *s && len + 1 < size; s++)
		out[len++] = (char)toupper((unsigned char)*s);
	out[len] = '\0';
}

static void tell_untold_states(struct buffer *out, enum proto p, state_set states)
{
	char name[16];

	name_loudly(name, sizeof(name), p);
	for (size_t s = 0; s < STATE_COUNT; s++)
		if (states & STATE_BIT(s))
			buffer_printf(out, "%s/proc/net does not tell of %s sockets in %s",
				      out->used ? "; " : "", name,
				      state_info((enum state)s)->name);
}

static void tell_lacking(struct buffer *out, enum proto p, bool untold)
{
	char name[16];

	name_loudly(name, sizeof(name), p);
	buffer_puts(out, out->used ? "; " : "");
	if (untold)
		buffer_printf(out, "/proc/net does not tell of %s sockets", name);
	else
		buffer_printf(out, "this kernel has no %s sockets (module %s)", name,
			      proto_info(p)->module);
}

bool families_lacking(const struct options *o, const struct collect_report *report,
		      struct error *err)
{
	proto_set lacking = (report->missing | report->untold) & o->protos_named;
	struct buffer text;
	bool tells;

	buffer_init(&text, -1);
	for (enum proto p = 0; p < PROTO_COUNT; p++) {
		if (lacking & PROTO_BIT(p))
			tell_lacking(&text, p, report->untold & PROTO_BIT(p));
		tell_untold_states(&text, p, report->untold_states[p]);
	}
	tells = text.used;
	if (tells)
		error_set(err, 0, "%.*s", (int)text.used, text.data);
	buffer_fini(&text);
	return tells;
}
