// The settings of the HTTP client.
export const sendingSettings = {};
