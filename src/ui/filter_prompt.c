/*
 * The prompt for a filter: the language of the command line, checked while it is
 * being corrected, with the filters of before at hand.
 *
 * Nothing is said about a filter that is still being typed.  Once Enter has found
 * it wrong, every key says whether it has become right.
 */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ui/actions.h"
#include "ui/views.h"

const char *ui_filter_text(const struct ui *ui)
{
	if (ui->filtered)
		return ui->filter ? ui->filter_text : NULL;
	return ui->data.filter;
}

void action_filter(struct ui *ui)
{
	const char *text = ui_filter_text(ui);

	ui_enter(ui, &mode_filter);
	ui_set_input(ui, text ? text : "");
	ui->wrong_known = false;
	ui->past_at = 0;
}

/* Looking a host up may take seconds: while typing every name is taken for one. */
static size_t any_host(void *context, const char *name, struct endpoint *out, size_t max)
{
	(void)context;
	(void)name;
	if (!max)
		return 0;
	out[0] = (struct endpoint){ .family = ADDR_V4 };
	return 1;
}

void filter_prompt_typed(struct ui *ui)
{
	struct filter_options options = ui->lookups;
	struct filter *filter;

	if (!ui->wrong_known)
		return;
	options.host = any_host;
	filter = filter_parse(ui->input, ui->input_len, &options, &ui->wrong);
	ui->wrong_known = !filter;
	filter_free(filter);
}

void filter_prompt_left(struct ui *ui)
{
	ui->wrong_known = false;
}

/* The latest first, each once. */
static void remember(struct ui *ui, const char *text)
{
	size_t at = 0;

	while (at < ui->past_count && strcmp(ui->past[at], text) != 0)
		at++;
	if (at == PAST_FILTERS)
		at--;
	else if (at == ui->past_count)
		ui->past_count++;
	memmove(ui->past[1], ui->past[0], at * sizeof(ui->past[0]));
	snprintf(ui->past[0], sizeof(ui->past[0]), "%s", text);
}

/* What @text says, @filter, takes the place of the filter. */
static void take(struct ui *ui, struct filter *filter, const char *text)
{
	filter_free(ui->filter);
	ui->filter = filter;
	ui->filtered = true;
	snprintf(ui->filter_text, sizeof(ui->filter_text), "%s", text);
	if (filter_is_empty(filter)) {
		filter_free(filter);
		ui->filter = NULL;
	} else {
		remember(ui, text);
	}
	ui->request.filter = true;
	ui_kept_others(ui);
}

/* There is nothing to go back to any more. */
static void forget_before(struct ui *ui)
{
	filter_free(ui->filter_before);
	ui->filter_before = NULL;
	ui->filter_lent = false;
}

void filter_prompt_done(struct ui *ui)
{
	struct filter *filter =
		filter_parse(ui->input, ui->input_len, &ui->lookups, &ui->wrong);

	ui->filter_waits = !filter && ui->waiting && ui->waiting(ui->lookups.context);
	ui->wrong_known = !filter;
	if (ui->filter_waits)
		ui_say(ui, "looking up the host ...");
	if (!filter)
		return;
	forget_before(ui);
	take(ui, filter, ui->input);
}

/* The filter is kept, to be gone back to. */
static void lend(struct ui *ui)
{
	if (ui->filter_lent)
		return;
	ui->filter_lent = true;
	ui->filtered_before = ui->filtered;
	ui->filter_before = ui->filter;
	snprintf(ui->filter_text_before, sizeof(ui->filter_text_before), "%s", ui->filter_text);
	ui->filter = NULL;
}

void filter_give_back(struct ui *ui)
{
	if (!ui->filter_lent)
		return;
	filter_free(ui->filter);
	ui->filter = ui->filter_before;
	ui->filtered = ui->filtered_before;
	snprintf(ui->filter_text, sizeof(ui->filter_text), "%s", ui->filter_text_before);
	ui->filter_before = NULL;
	ui->filter_lent = false;
	ui->request.filter = true;
}

void ui_filter_by(struct ui *ui, const char *text)
{
	struct filter *filter = filter_parse(text, strlen(text), &ui->lookups, &ui->wrong);
	size_t count;

	if (!filter) {
		ui_say(ui, "this filter is not understood: %s", text);
		return;
	}
	connections_show_all(ui);
	ui->list.anchored = false;
	lend(ui);
	ui_say(ui, "only: %s; press a for all", text);
	take(ui, filter, text);
	ui_choose(ui, views_all(&count));
}

void filter_prompt_recall(struct ui *ui, int step)
{
	if (step > 0 ? ui->past_at == ui->past_count : !ui->past_at)
		return;
	if (!ui->past_at)
		snprintf(ui->typed, sizeof(ui->typed), "%s", ui->input);
	ui->past_at += (size_t)step;
	ui_set_input(ui, ui->past_at ? ui->past[ui->past_at - 1] : ui->typed);
	filter_prompt_typed(ui);
}
