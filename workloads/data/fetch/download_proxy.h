/* The proxy that libcurl takes for a URL, for messages: the environment names it. */
#ifndef SCALESTUDY_WORKLOADS_DATA_FETCH_DOWNLOAD_PROXY_H
#define SCALESTUDY_WORKLOADS_DATA_FETCH_DOWNLOAD_PROXY_H

#include <stdbool.h>

#define DOWNLOAD_PROXY_BYTES 256

/* "proxy.example:3128 ($https_proxy)", without its password. False if none is set for the URL, or what
 * libcurl said of its failure is about another host, as it is where no_proxy names the URL's. */
bool download_proxy(const char *url, const char *said, char to[DOWNLOAD_PROXY_BYTES]);

#endif
