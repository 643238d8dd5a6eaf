/* What of the view can be kept: see settings.h.  To add something: a row here. */
#include "config.h"

#include "ui/settings.h"

#include <stdio.h>

#include "ui/ui.h"

static void columns_text(const struct ui *ui, char *out)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < ui->columns.count && used < SETTING_BYTES; i++)
		used += (size_t)snprintf(out + used, SETTING_BYTES - used, "%s%s", i ? "," : "",
					 ui->columns.column[i]->field.name);
}

static void sort_text(const struct ui *ui, char *out)
{
	size_t used = 0;

	out[0] = '\0';
	for (size_t i = 0; i < ui->sort.count && used < SETTING_BYTES; i++)
		used += (size_t)snprintf(out + used, SETTING_BYTES - used, "%s%s%s", i ? "," : "",
					 ui->sort.key[i].descending ? "-" : "",
					 ui->sort.key[i].column->field.name);
}

static void theme_text(const struct ui *ui, char *out)
{
	snprintf(out, SETTING_BYTES, "%s", ui->theme->name);
}

static void interval_text(const struct ui *ui, char *out)
{
	snprintf(out, SETTING_BYTES, "%g", ui->data.interval_ms / 1000.0);
}

static const struct setting settings[SETTINGS] = {
	{ "columns", columns_text },
	{ "sort", sort_text },
	{ "theme", theme_text },
	{ "interval", interval_text },
};

const struct setting *settings_all(size_t *count)
{
	*count = SETTINGS;
	return settings;
}
