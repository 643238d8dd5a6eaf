/* Loading shared libraries: see library.h. */
#include "config.h"

#include "base/library.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

static bool is_loaded(const struct library *l, const void *into)
{
	void *first;

	memcpy(&first, (const char *)into + l->functions[0].offset, sizeof(first));
	return first != NULL;
}

/* The first function that @library lacks, or NULL. */
static const char *lacking(const struct library *l, void *library)
{
	for (size_t i = 0; i < l->count; i++)
		if (!dlsym(library, l->functions[i].name))
			return l->functions[i].name;
	return NULL;
}

static void fill(const struct library *l, void *library, void *into)
{
	for (size_t i = 0; i < l->count; i++) {
		void *function = dlsym(library, l->functions[i].name);

		/* ISO C has no cast from an object's address to a function's */
		memcpy((char *)into + l->functions[i].offset, &function, sizeof(function));
	}
}

int library_load(const struct library *l, void *into, struct error *err)
{
	const char *missing;
	void *library;

	if (is_loaded(l, into))
		return 0;
	library = dlopen(l->file, RTLD_NOW | RTLD_LOCAL);
	if (!library)
		return error_set(err, 0, "%s %s: install its package%s (%s)", l->need, l->name,
				 l->otherwise, dlerror());
	missing = lacking(l, library);
	if (missing) {
		dlclose(library);
		return error_set(err, 0, "%s a newer %s: update its package%s (%s has no %s)",
				 l->need, l->name, l->otherwise, l->file, missing);
	}
	fill(l, library, into);
	return 0;
}
