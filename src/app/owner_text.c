/* Who holds a socket, in words: see owner_text.h. */
#include "config.h"

#include "app/owner_text.h"

/* "nginx[812], nginx[813]": each process once, however many descriptors it has. */
static void put_processes(struct buffer *out, const struct owners *o)
{
	for (size_t i = 0; i < o->count; i++) {
		if (i && o->list[i].pid == o->list[i - 1].pid)
			continue;
		if (i)
			buffer_puts(out, ", ");
		buffer_puts(out, o->list[i].command ? o->list[i].command : "?");
		buffer_putc(out, '[');
		buffer_put_u64(out, o->list[i].pid);
		buffer_putc(out, ']');
	}
}

static const char *finish(struct buffer *b)
{
	buffer_putc(b, '\0');
	return b->error ? NULL : b->data;
}

void owner_text(struct row *row, struct buffer *process, struct buffer *why)
{
	const struct owners *o = row->owners;

	process->used = 0;
	why->used = 0;
	if (o->reason == OWNER_KNOWN) {
		put_processes(process, o);
		row->process = finish(process);
		return;
	}
	buffer_puts(why, owner_reason_text(o->reason));
	if (o->count) {
		buffer_putc(why, ' ');
		put_processes(why, o);
	}
	row->process_why = finish(why);
}
