/*
 * connstate explain: what a state means; the whole diagram without an argument.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "app/commands.h"
#include "app/explain.h"
#include "app/options.h"
#include "app/say.h"
#include "base/text.h"
#include "base/utf8.h"
#include "collect/counters.h"

#define WIDTH_LEAST 40
#define WIDTH_MOST 100
#define WIDTH_DEFAULT 80

/* The value that a sysctl has on this host. */
struct host {
	const char *proc_root;
	char value[128];
};

static const char *host_sysctl(void *context, const char *name)
{
	struct host *h = context;

	return sysctl_read(h->value, sizeof(h->value), h->proc_root, name, NULL) ? NULL : h->value;
}

static unsigned int terminal_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) || !size.ws_col)
		return WIDTH_DEFAULT;
	if (size.ws_col < WIDTH_LEAST)
		return WIDTH_LEAST;
	return size.ws_col > WIDTH_MOST ? WIDTH_MOST : size.ws_col;
}

/* The state whose own name @word is, or STATE_COUNT. */
static unsigned int state_called(const char *word)
{
	unsigned int s = 0;

	while (s < STATE_COUNT &&
	       !text_same(word, strlen(word), state_name((enum state)s, DIALECT_RFC)))
		s++;
	return s;
}

/* The states of @states, the one numbered @first before the others. */
static void explain_states(struct buffer *out, state_set states, unsigned int first,
			   const struct explaining *how)
{
	bool more = first < STATE_COUNT;

	if (more)
		explain_state(out, (enum state)first, how);
	for (unsigned int s = 0; s < STATE_COUNT; s++) {
		if (s == first || !(states & STATE_BIT(s)))
			continue;
		if (more)
			buffer_putc(out, '\n');
		more = true;
		explain_state(out, (enum state)s, how);
	}
}

/*
 * Explain every state that @word may mean, the one with that very name first.  -1 with
 * @err set when there is none.
 */
static int explain_word(struct buffer *out, const char *word, const struct explaining *how,
			struct error *err)
{
	state_set states = state_parse(word, strlen(word));
	char near[160];

	if (!states && state_suggest(word, strlen(word), near, sizeof(near)))
		return error_set(err, 0, "no state is called '%s': did you mean %s?", word, near);
	if (!states)
		return error_set(err, 0,
				 "no state is called '%s' ('connstate explain' shows all)", word);
	explain_states(out, states, state_called(word), how);
	return 0;
}

/* "close wait" typed as two words is one name, when it is one. */
static bool words_are_one(const struct options *o, char *joined, size_t size)
{
	size_t used = 0;

	for (size_t i = 0; i < o->word_count; i++) {
		int len = snprintf(joined + used, size - used, "%s%s", i ? " " : "", o->words[i]);

		if (len < 0 || (size_t)len >= size - used)
			return false;
		used += (size_t)len;
	}
	return o->word_count > 1 && state_parse(joined, used);
}

static int explain_words(struct buffer *out, const struct options *o,
			 const struct explaining *how, struct error *err)
{
	char joined[128];

	if (words_are_one(o, joined, sizeof(joined)))
		return explain_word(out, joined, how, err);
	for (size_t i = 0; i < o->word_count; i++) {
		if (i)
			buffer_putc(out, '\n');
		if (explain_word(out, o->words[i], how, err))
			return -1;
	}
	return 0;
}

int cmd_explain(const struct options *o)
{
	struct host host = { .proc_root = o->proc_root };
	const struct explaining how = {
		.width = terminal_width(),
		.utf8 = utf8_locale(),
		.names = o->names,
		.sysctl = host_sysctl,
		.context = &host,
	};
	struct buffer out;
	struct error err;

	buffer_init(&out, STDOUT_FILENO);
	if (!o->word_count)
		explain_diagram(&out, &how);
	if (explain_words(&out, o, &how, &err)) {
		say_end(&out, EXIT_USAGE);
		return say_error(&err, EXIT_USAGE);
	}
	return say_end(&out, EXIT_DONE);
}
