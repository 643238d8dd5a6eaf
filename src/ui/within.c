/* Connections that one row of another view stands for: see within.h. */
#include "config.h"

#include "ui/within.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "query/group.h"
#include "ui/listeners.h"
#include "ui/views.h"

int kept_value_set(struct kept_value *k, const struct value *v)
{
	bool none = v->kind == VALUE_NONE;
	char *text = NULL;

	if (v->kind == VALUE_TEXT || (none && v->text))
		text = strndup(v->text, none ? strlen(v->text) : v->len);
	free(k->text);
	k->text = text;
	k->value = *v;
	k->value.interface = NULL;
	if (v->kind == VALUE_ADDRESS || v->kind == VALUE_ENDPOINT) {
		k->endpoint = *v->endpoint;
		k->value.endpoint = &k->endpoint;
	} else if (text) {
		k->value.text = text;
	} else if (v->kind == VALUE_TEXT || none) {
		k->value = value_none();
		return v->kind == VALUE_TEXT || v->text ? -1 : 0;
	}
	return 0;
}

void kept_value_fini(struct kept_value *k)
{
	free(k->text);
	*k = (struct kept_value){ 0 };
}

void within_fini(struct within *w)
{
	kept_value_fini(&w->key);
	*w = (struct within){ 0 };
}

void within_reset(struct ui *ui)
{
	within_fini(&ui->within);
}

/* Go to the table of connections, its first row, with all states. */
static void show(struct ui *ui, const char *name)
{
	size_t count;

	snprintf(ui->within.name, sizeof(ui->within.name), "%s", name);
	ui->only = 0;
	ui->list.anchored = false;
	ui->ghost_count = 0;
	ui->request.collect = true;
	ui_say(ui, "only those of %s; press a for all", name);
	ui_choose(ui, views_all(&count));
	work_begin(ui, true, "filtering");
}

void within_group(struct ui *ui, const struct group_class *by, const struct column *column,
		  const struct value *key, const char *name)
{
	within_reset(ui);
	if (kept_value_set(&ui->within.key, key)) {
		ui_say(ui, "out of memory");
		return;
	}
	ui->within.kind = WITHIN_GROUP;
	ui->within.by = by;
	ui->within.column = column;
	show(ui, name);
}

void within_listener(struct ui *ui, const struct sock *listener, const char *name)
{
	within_reset(ui);
	ui->within.kind = WITHIN_LISTENER;
	ui->within.listener = *listener;
	show(ui, name);
}

static bool in_group(const struct within *w, const struct row *row)
{
	struct sock sk = *row->sock;
	struct row alike = *row;
	struct value v;

	if (w->by->peers && !sk.peer.port)
		return false;
	if (w->by->prepare)
		w->by->prepare(&sk);
	alike.sock = &sk;
	v = column_value(w->column, &alike);
	return group_same_key(&v, &w->key.value);
}

bool within_has(const struct ui *ui, const struct row *row)
{
	switch (ui->within.kind) {
	case WITHIN_GROUP:
		return in_group(&ui->within, row);
	case WITHIN_LISTENER:
		return listeners_own(ui->listeners, &ui->within.listener, row->sock);
	case WITHIN_ALL:
		break;
	}
	return true;
}
