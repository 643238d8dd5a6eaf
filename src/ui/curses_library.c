/* Loading ncurses: see curses_library.h. */
#include "config.h"

#include "ui/curses_library.h"

#include "base/library.h"

struct curses_functions curses;

static const struct library_function functions[] = {
#define CURSES_ENTRY(name) { #name, offsetof(struct curses_functions, name) },
	CURSES_FUNCTIONS(CURSES_ENTRY)
#undef CURSES_ENTRY
};

static const struct library library = {
	.file = NCURSESW_LIBRARY,
	.name = "ncurses",
	.need = "the live view needs",
	.otherwise = ", or try 'connstate list'",
	.functions = functions,
	.count = sizeof(functions) / sizeof(functions[0]),
};

int curses_load(struct error *err)
{
	return library_load(&library, &curses, err);
}
