// A capsule that the linker alone runs, in any runtime.

/** @param {object} component the capsule, compiled */
export function linked(component) {
  return {
    instantiate: async (work) => {
      const { exports } = await component.instantiate({
        "doteros:capsule/state@0.1.0": { get: work.get, put: work.put },
        "doteros:capsule/messaging@0.1.0": { publish: work.publish },
      });
      const { handle } = exports["doteros:capsule/handler@0.1.0"];
      return {
        repeat: (message, times) => {
          for (let index = 0; index < times; index += 1) handle(message);
        },
      };
    },
  };
}
