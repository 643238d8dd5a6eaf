/* Wrapping text: see flow.h. */
#include "config.h"

#include "app/flow.h"

#include "base/text.h"

void flow_newline(struct flow *f)
{
	buffer_putc(f->out, '\n');
	f->column = 0;
}

void flow_to(struct flow *f, unsigned int column)
{
	if (f->column < column) {
		buffer_fill(f->out, ' ', column - f->column);
		f->column = column;
	}
}

void flow_put(struct flow *f, const char *text, size_t len)
{
	buffer_put(f->out, text, len);
	f->column += (unsigned int)len;
}

void flow_text(struct flow *f, unsigned int indent, const char *text)
{
	const char *word;
	size_t len;

	while ((word = text_next_word(&text, &len))) {
		if (f->column > indent && f->column + 1 + len > f->width)
			flow_newline(f);
		flow_to(f, f->column > indent ? f->column + 1 : indent);
		flow_put(f, word, len);
	}
}

void flow_retold(struct flow *f, unsigned int indent, const char *text, enum dialect names)
{
	struct buffer retold;

	buffer_init(&retold, -1);
	state_retell(&retold, text, names);
	buffer_putc(&retold, '\0');
	flow_text(f, indent, retold.error ? text : retold.data);
	buffer_fini(&retold);
}
