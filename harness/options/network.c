/* Options of a network as a spec. */
#include "network.h"

#include "scalers/scaler.h"

int network_resolve(
    const struct network_options *options, const char *model, struct spec *spec, struct err *err)
{
    double resolution = isnan(options->resolution) ? 1 : options->resolution;
    const struct scaling scaling = {"dwr", options->depth, options->width, resolution};
    struct spec base;

    if (spec_find(model, &base, err) < 0)
        return -1;
    if (options->input && !isnan(options->resolution))
        return err_set(err, ERR_INPUT,
            "--input %d and --resolution %g were both given; give one of them", options->input,
            options->resolution);
    if (options->input < 0)
        return err_set(
            err, ERR_INPUT, "--input is %d pixels; it must be at least 1", options->input);
    if (options->classes < 0)
        return err_set(err, ERR_INPUT, "--classes is %d; it must be at least 1", options->classes);
    if (scaling_apply(&base, &scaling, spec, err) < 0)
        return -1;
    if (options->input)
        spec->input = options->input;
    if (options->classes)
        spec->classes = options->classes;
    spec->padding = options->padding;
    return spec_validate(spec, err);
}
