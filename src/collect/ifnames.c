/* Names of network interfaces: see ifnames.h. */
#include "config.h"

#include "collect/ifnames.h"

#include <stddef.h>

void ifnames_reset(struct ifnames *names)
{
	for (unsigned int i = 0; i < IFNAMES_SLOTS; i++)
		names->slots[i].index = 0;
}

const char *ifnames_find(struct ifnames *names, uint32_t index)
{
	struct ifname *slot = &names->slots[index % IFNAMES_SLOTS];

	if (!index)
		return NULL;
	if (slot->index != index) {
		slot->index = index;
		if (!if_indextoname(index, slot->name))
			slot->name[0] = '\0';
	}
	return slot->name[0] ? slot->name : NULL;
}
