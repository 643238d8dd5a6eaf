/* Tagged sockets, and the one that is followed. */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "ui/actions.h"
#include "ui/views.h"

/* The place of @id among the tags, or ->tag_count. */
static size_t find_tag(const struct ui *ui, const struct row_id *id)
{
	for (size_t i = 0; i < ui->tag_count; i++) {
		struct row_id tagged = row_id_of(&ui->tags[i]);

		if (row_id_equal(&tagged, id))
			return i;
	}
	return ui->tag_count;
}

bool tags_have(const struct ui *ui, const struct row_id *id)
{
	return find_tag(ui, id) < ui->tag_count;
}

static void remove_tag(struct ui *ui, size_t at)
{
	memmove(&ui->tags[at], &ui->tags[at + 1],
		(--ui->tag_count - at) * sizeof(ui->tags[0]));
}

static void add_tag(struct ui *ui, const struct sock *sk)
{
	if (ui->tag_count == TAGS_MAX) {
		ui_say(ui, "no more than %d sockets can be tagged", TAGS_MAX);
		return;
	}
	ui->tags[ui->tag_count++] = sock_alone(sk);
}

void action_tag(struct ui *ui)
{
	struct track track;
	struct sock sk;
	struct row_id id;
	size_t at;
	bool tracked;

	if (!connections_selected(ui, &sk, &track, &tracked))
		return;
	id = row_id_of(&sk);
	at = find_tag(ui, &id);
	if (at < ui->tag_count)
		remove_tag(ui, at);
	else
		add_tag(ui, &sk);
	list_move(&ui->list, 1);
	connections_select(ui);
}

void action_untag(struct ui *ui)
{
	ui->tag_count = 0;
}

void action_follow(struct ui *ui)
{
	struct track track;
	struct sock sk;
	bool tracked;

	if (!connections_selected(ui, &sk, &track, &tracked))
		return;
	ui->follow = !ui->follow;
	connections_hold(ui);
}

/* What became of the followed socket. */
static void follow(struct ui *ui)
{
	struct track track;
	struct sock sk;

	if (ui->selected_index == SIZE_MAX) {
		ui->follow = false;
		ui_say(ui, "the followed socket is gone");
		return;
	}
	snapshot_sock(ui->data.snapshot, ui->selected_index, &sk);
	if (!ui->data.tracker || !tracker_find(ui->data.tracker, &sk, &track) || !track.changed)
		return;
	ui_say(ui, "the followed socket went from %s to %s",
	       state_name(track.previous, ui->names), state_name(track.state, ui->names));
}

void tags_update(struct ui *ui)
{
	for (size_t i = ui->tag_count; ui->data.tracker && i-- > 0;) {
		struct track track;

		if (!tracker_find(ui->data.tracker, &ui->tags[i], &track))
			remove_tag(ui, i);
	}
	if (ui->follow && ui->data.snapshot)
		follow(ui);
}
