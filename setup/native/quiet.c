/*
 * Turns the process's standard error off and on again, for Node. TensorFlow writes two notices while its library is
 * being loaded, before it looks at TF_CPP_MIN_LOG_LEVEL, and JavaScript cannot redirect a file descriptor.
 *
 * Node-API is stable, so the two functions used are declared here and Node's headers need not be installed.
 */
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

typedef struct napi_env__ *napi_env;
typedef struct napi_value__ *napi_value;
typedef napi_value (*napi_callback)(napi_env, void *);

int napi_create_function(napi_env, const char *name, size_t length, napi_callback, void *data, napi_value *result);
int napi_set_named_property(napi_env, napi_value object, const char *name, napi_value value);

static int saved = -1;

static napi_value off(napi_env env, void *info) {
  if (saved != -1) return NULL;
  int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere == -1) return NULL;
  fflush(stderr);
  saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
  if (saved != -1) dup2(nowhere, STDERR_FILENO);
  close(nowhere);
  return NULL;
}

static napi_value on(napi_env env, void *info) {
  if (saved == -1) return NULL;
  fflush(stderr);
  dup2(saved, STDERR_FILENO);
  close(saved);
  saved = -1;
  return NULL;
}

static void export_function(napi_env env, napi_value exports, const char *name, napi_callback callback) {
  napi_value function;
  napi_create_function(env, name, (size_t)-1, callback, NULL, &function);
  napi_set_named_property(env, exports, name, function);
}

__attribute__((visibility("default"))) napi_value napi_register_module_v1(napi_env env, napi_value exports) {
  export_function(env, exports, "off", off);
  export_function(env, exports, "on", on);
  return exports;
}
