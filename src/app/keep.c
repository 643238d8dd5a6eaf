/* What the user changes and wants to keep: see keep.h. */
#include "config.h"

#include "app/keep.h"

#include <string.h>

#include "app/configuration.h"

void keep_init(struct keep *k, const struct ui *ui)
{
	size_t count;
	const struct setting *all = settings_all(&count);

	for (size_t i = 0; i < count; i++)
		all[i].text(ui, k->before[i]);
}

void keep_save(const struct keep *k, const struct options *o, struct ui *ui)
{
	struct config_setting changed[SETTINGS];
	char values[SETTINGS][SETTING_BYTES];
	char path[CONFIG_PATH_MAX];
	struct error err;
	size_t used = 0;
	size_t count;
	const struct setting *all = settings_all(&count);

	for (size_t i = 0; i < count; i++) {
		all[i].text(ui, values[i]);
		if (strcmp(values[i], k->before[i]) != 0)
			changed[used++] = (struct config_setting){ all[i].name, values[i] };
	}
	if (!used)
		ui_say(ui, "nothing was changed: nothing to save");
	else if (o->no_config)
		ui_say(ui, "not saved: started with --no-config");
	else if (config_path(path, o, &err) || config_save(path, "top", changed, used, &err))
		ui_say(ui, "not saved: %s", err.text);
	else
		ui_say(ui, "saved to %s", path);
}
