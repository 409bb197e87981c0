/* The list of tables, and finding one by name. */
#include "table.h"

#include "harness/base/str.h"

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
    const char *names[sizeof(tables) / sizeof(tables[0])] = {0};
    int found;

    for (int i = 0; tables[i]; i++)
        names[i] = tables[i]->name;
    found = str_find("table", name, names, err);
    return found < 0 ? NULL : tables[found];
}
