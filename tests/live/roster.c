/*
 * The list of promised sockets, see roster.h.
 */
#include "config.h"

#include "live/roster.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>

static const char *const state_names[LAB_STATES] = {
	[LAB_ESTABLISHED] = "ESTABLISHED",
	[LAB_SYN_SENT] = "SYN-SENT",
	[LAB_SYN_RECEIVED] = "SYN-RECEIVED",
	[LAB_FIN_WAIT_1] = "FIN-WAIT-1",
	[LAB_FIN_WAIT_2] = "FIN-WAIT-2",
	[LAB_TIME_WAIT] = "TIME-WAIT",
	[LAB_CLOSED] = "CLOSED",
	[LAB_CLOSE_WAIT] = "CLOSE-WAIT",
	[LAB_LAST_ACK] = "LAST-ACK",
	[LAB_LISTEN] = "LISTEN",
	[LAB_CLOSING] = "CLOSING",
	[LAB_BOUND] = "BOUND",
};

static const struct {
	const char *name;
	const char *in_kernel;
} kinds[] = {
	[LAB_HELD] = { "held", "inode" },
	[LAB_UNACCEPTED] = { "unaccepted", "no-inode" },
	[LAB_ORPHAN] = { "orphan", "no-inode" },
	[LAB_MINISOCK] = { "minisock", "minisock" },
	[LAB_REQUEST] = { "request", "request" },
};

void roster_add(struct roster *roster, const struct roster_entry *entry)
{
	if (roster->count == roster->capacity) {
		roster->capacity = roster->capacity ? roster->capacity * 2 : 64;
		roster->entry = reallocarray(roster->entry, roster->capacity,
					     sizeof(*roster->entry));
		if (!roster->entry)
			err(1, "cannot keep %zu sockets", roster->capacity);
	}
	roster->entry[roster->count++] = *entry;
}

void roster_fini(struct roster *roster)
{
	free(roster->entry);
	*roster = (struct roster){ 0 };
}

static const char *state_name(enum lab_state state)
{
	const char *name = (unsigned int)state < LAB_STATES ? state_names[state] : NULL;

	return name ? name : "?";
}

static const char *protocol_name(const struct roster_entry *entry)
{
	return entry->protocol == IPPROTO_TCP ? "tcp" : "udp";
}

static char family_digit(const struct roster_entry *entry)
{
	return entry->local.sa.sa_family == AF_INET ? '4' : '6';
}

void roster_write(const struct roster *roster, FILE *out)
{
	char local[ENDPOINT_TEXT_MAX], peer[ENDPOINT_TEXT_MAX];

	for (size_t i = 0; i < roster->count; i++) {
		const struct roster_entry *entry = &roster->entry[i];

		fprintf(out, "%s\t%c\t%s\t%s\t%s\t%s\t%s\n", protocol_name(entry),
			family_digit(entry), state_name(entry->state),
			endpoint_format(&entry->local, local), endpoint_format(&entry->peer, peer),
			kinds[entry->kind].name, entry->recipe);
	}
}

void roster_write_counts(const struct roster *roster, FILE *out)
{
	struct lines names = { 0 };
	char text[64];

	for (size_t i = 0; i < roster->count; i++) {
		const struct roster_entry *entry = &roster->entry[i];

		snprintf(text, sizeof(text), "%s\t%c\t%s", protocol_name(entry),
			 family_digit(entry), state_name(entry->state));
		lines_add(&names, text);
	}
	lines_sort(&names);
	for (size_t i = 0, run = 0; i < names.count; i++) {
		run++;
		if (i + 1 < names.count && !strcmp(names.line[i], names.line[i + 1]))
			continue;
		fprintf(out, "%s\t%zu\n", names.line[i], run);
		run = 0;
	}
	lines_fini(&names);
}

void roster_line(const struct roster_entry *entry, char *text, size_t size)
{
	char local[ENDPOINT_TEXT_MAX], peer[ENDPOINT_TEXT_MAX];

	snprintf(text, size, "%s %c %s %s %s %s", protocol_name(entry), family_digit(entry),
		 state_name(entry->state), endpoint_format(&entry->local, local),
		 endpoint_format(&entry->peer, peer), kinds[entry->kind].in_kernel);
}

void roster_lines(const struct roster *roster, struct lines *lines)
{
	char text[256];

	for (size_t i = 0; i < roster->count; i++) {
		roster_line(&roster->entry[i], text, sizeof(text));
		lines_add(lines, text);
	}
	lines_sort(lines);
}
