/*
 * Moving in the time of a recording: what its keys ask for, and what the header and
 * the line above the keys tell of the moment.
 *
 * Nothing moves here: the application brings the moment that was asked for.
 */
#include "config.h"

#include "ui/travel.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ui/actions.h"
#include "ui/keymap.h"
#include "ui/views.h"

static void ask(struct ui *ui, enum travel where)
{
	if (ui->data.replay && !ui->data.replay->moments)
		ui_say(ui, "this is one moment: a dump has no other; connstate record writes a "
			   "recording");
	else
		ui->request.travel = where;
}

void action_travel_back(struct ui *ui)
{
	ask(ui, TRAVEL_BACK);
}

void action_travel_on(struct ui *ui)
{
	ask(ui, TRAVEL_ON);
}

void action_travel_play(struct ui *ui)
{
	ask(ui, TRAVEL_PLAY);
}

void action_travel_faster(struct ui *ui)
{
	ask(ui, TRAVEL_FASTER);
}

void action_travel_slower(struct ui *ui)
{
	ask(ui, TRAVEL_SLOWER);
}

void action_travel_normal(struct ui *ui)
{
	ask(ui, TRAVEL_NORMAL);
}

void action_travel_start(struct ui *ui)
{
	ask(ui, TRAVEL_START);
}

void action_travel_end(struct ui *ui)
{
	ask(ui, TRAVEL_END);
}

void action_travel_finding(struct ui *ui)
{
	ask(ui, TRAVEL_FINDING);
}

void action_travel_finding_back(struct ui *ui)
{
	ask(ui, TRAVEL_FINDING_BACK);
}

void action_travel_change(struct ui *ui)
{
	ui->request.travel_state = ui_state_at_hand(ui);
	ask(ui, TRAVEL_CHANGE);
}

void action_travel_change_back(struct ui *ui)
{
	ui->request.travel_state = ui_state_at_hand(ui);
	ask(ui, TRAVEL_CHANGE_BACK);
}

void action_travel_to(struct ui *ui)
{
	if (ui->data.replay && ui->data.replay->moments)
		ui_enter(ui, &mode_travel);
	else
		ask(ui, TRAVEL_TO);
}

void travel_prompt_done(struct ui *ui)
{
	if (!ui->input[0])
		return;
	snprintf(ui->request.travel_to, sizeof(ui->request.travel_to), "%.*s",
		 (int)sizeof(ui->request.travel_to) - 1, ui->input);
	ask(ui, TRAVEL_TO);
}

bool travel_is_missed(const struct ui *ui, uint32_t key)
{
	return !ui->data.replay && key < PRESS_FIRST && binding_of(key, KEYS_REPLAY);
}

/* "2026-11-22" in the zone of the process, as all times of the screen. */
static void day_text(char *out, size_t size, uint64_t wall_ns)
{
	time_t seconds = (time_t)(wall_ns / 1000000000u);
	struct tm tm;

	if (!wall_ns || !localtime_r(&seconds, &tm) || !strftime(out, size, "%Y-%m-%d", &tm))
		snprintf(out, size, "----------");
}

/* "2026-11-22 12:00:00 to 13:00:00"; the second day only where it is another one. */
static void span_text(char *out, size_t size, const struct ui_replay *r)
{
	char first_day[16];
	char last_day[16];
	char first[16];
	char last[16];

	day_text(first_day, sizeof(first_day), r->first_ns);
	day_text(last_day, sizeof(last_day), r->last_ns);
	text_clock(first, sizeof(first), r->first_ns);
	text_clock(last, sizeof(last), r->last_ns);
	if (strcmp(first_day, last_day) != 0)
		snprintf(out, size, "of %s %s to %s %s", first_day, first, last_day, last);
	else
		snprintf(out, size, "of %s to %s", first, last);
}

static void moment_text(char *out, size_t size, const struct ui *ui)
{
	const struct ui_replay *r = ui->data.replay;
	char clock[16];
	char day[16];

	day_text(day, sizeof(day), ui->data.wall_ns);
	text_clock(clock, sizeof(clock), ui->data.wall_ns);
	if (!r->moments)
		snprintf(out, size, "one moment");
	else if (r->playing)
		snprintf(out, size, "%s %s  replay %ux", day, clock, r->speed);
	else if (r->speed > 1)
		snprintf(out, size, "%s %s  replay paused (%ux)", day, clock, r->speed);
	else
		snprintf(out, size, "%s %s  replay paused", day, clock);
}

void travel_header_draw(const struct ui *ui, struct canvas *c, int row)
{
	const struct ui_data *d = &ui->data;
	char interval[32];
	char moment[64];
	char span[80];
	int start;
	int col;

	text_interval(interval, sizeof(interval), d->interval_ms);
	moment_text(moment, sizeof(moment), ui);
	span_text(span, sizeof(span), d->replay);
	canvas_fill(c, row, 0, c->cols, ROLE_TITLE, ' ');
	start = c->cols - (int)strlen(moment);
	col = canvas_printf(c, row, 0, start - 1, ROLE_TITLE, "connstate");
	col += canvas_printf(c, row, col, start - 1 - col, ROLE_TITLE, "  %s",
			     d->host ? d->host : d->source_name ? d->source_name : "-");
	if (d->replay->moments && start - 1 - col >= (int)strlen(span) + 2)
		col += canvas_printf(c, row, col, start - 1 - col, ROLE_TEXT, "  %s", span);
	if (d->replay->moments && start - 1 - col >= 24)
		canvas_printf(c, row, col, start - 1 - col, ROLE_QUIET, "  every %s", interval);
	canvas_text(c, row, start, c->cols - start, d->replay->playing ? ROLE_TEXT : ROLE_WARNING,
		    moment);
}
