import * as surface from './surface.js'

export * from './surface.js'
// oxlint-disable-next-line import/no-default-export -- client-node is CommonJS: `import clientNode from` gives all of it
export { surface as default }
