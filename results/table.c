#include "table.h"

#include <string.h>

#define TABLE(name) extern const struct table table_##name;
#include "tables.def"
#undef TABLE

static const struct table *const tables[] = {
#define TABLE(name) &table_##name,
#include "tables.def"
#undef TABLE
    NULL,
};

const struct table *const *table_all(void)
{
    return tables;
}

const struct table *table_find(const char *name, struct err *err)
{
    struct str list = STR_INIT;

    for (int i = 0; tables[i]; i++)
        if (strcmp(tables[i]->name, name) == 0)
            return tables[i];
    for (int i = 0; tables[i]; i++)
        str_addf(&list, "%s%s", i ? ", " : "", tables[i]->name);
    err_set(err, ERR_INPUT, "there is no table '%.40s'; there is %s", name, list.text);
    str_release(&list);
    return NULL;
}
